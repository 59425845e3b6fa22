// Texts of the office's pages; a test holds the keys of both languages equal.
export { zh } from './texts-zh.js';
export { en } from './texts-en.js';
