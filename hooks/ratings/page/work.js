// The waiting page's work: find a number whose hash begins with enough zeros, then open the page again.
import { sha256 } from '/js/core/sha256.js';

const work = document.getElementById('work');
const challenge = work.dataset.challenge;
const bits = Number(work.dataset.bits);
const encoder = new TextEncoder();

function solved(nonce) {
  const sum = sha256(encoder.encode(challenge + '.' + nonce));
  let left = bits;
  for (let i = 0; left > 0; i += 1, left -= 8) if (left >= 8 ? sum[i] !== 0 : sum[i] >> (8 - left) !== 0) return false;
  return true;
}

// In pieces of a tenth of a second, so that the page stays alive.
function go(nonce) {
  const end = Date.now() + 100;
  let next = nonce;
  while (Date.now() < end) {
    if (solved(next)) {
      document.cookie = 'cunju_work=' + challenge + '.' + next + '; path=/; max-age=600; samesite=lax' + (location.protocol === 'https:' ? '; secure' : '');
      location.replace(location.href);
      return;
    }
    next += 1;
  }
  setTimeout(() => go(next), 0);
}

work.hidden = false;
go(Math.floor(Math.random() * 1e9));
