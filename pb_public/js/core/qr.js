// A QR code as a path, level M, quiet zone of four modules, offline.
import { encode } from '../../vendor/qr.js';

/** @param {string} text @returns {{size: number, path: string, modules: number}} size includes the border */
export function qrPath(text) {
  const { data, size } = encode(text, { ecc: 'M', border: 4, boostEcc: false });
  let path = '';
  data.forEach((row, y) => {
    for (let x = 0; x < size; x++) {
      if (!row[x]) continue;
      let wide = 1;
      while (row[x + wide]) wide++;
      path += `M${x} ${y}h${wide}v1h-${wide}z`;
      x += wide;
    }
  });
  return { size, path, modules: size - 8 };
}
