// How the app looks on this phone: text size, light or dark. Kept outside the database, so that it is right before the store opens.

const SIZES = ['1', '2', '3', '4'];
const THEMES = ['auto', 'light', 'dark'];

/** A setting of this phone; '' when never set or when the browser keeps nothing. @param {'lang'|'text'|'theme'|'lock'|'server'|'wifi'|'uploads'|'known'} name */
export function setting(name) {
  try { return localStorage.getItem('cunju.' + name) || ''; } catch (err) { return ''; }
}

/** @param {'lang'|'text'|'theme'|'lock'|'server'|'wifi'|'uploads'|'known'} name @param {string} value */
export function setSetting(name, value) {
  try { localStorage.setItem('cunju.' + name, value); } catch (err) { /* the look then lasts until the page is closed */ }
  applyLook({ [name]: value });
}

/** Puts text size and theme on the document. @param {Record<string, string>} [over] */
export function applyLook(over) {
  const value = (name) => (over && over[name] !== undefined ? over[name] : setting(name));
  const { dataset } = document.documentElement;
  const text = value('text');
  const theme = value('theme');
  if (SIZES.includes(text)) dataset.text = text;
  if (THEMES.includes(theme)) {
    if (theme === 'auto') delete dataset.theme;
    else dataset.theme = theme;
  }
}
