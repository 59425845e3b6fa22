// The A4 sheet. It lies behind the token, so it is fetched and shown from memory.
import { t } from '../../i18n/i18n.js';
import { announce } from '../../ui/live.js';
import { file } from './api.js';

/** Opens the sheet in a new tab to look at and print; where tabs are forbidden it is saved. @param {string} path @param {string} name */
export async function printSheet(path, name) {
  // The tab must be opened while the click still counts; afterwards browsers call it a pop-up.
  const tab = window.open('', '_blank');
  try {
    const url = URL.createObjectURL(await file(path));
    if (tab) tab.location.replace(url);
    else save(url, name + '.pdf');
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  } catch (err) {
    if (tab) tab.close();
    throw err;
  }
}

/** Saves something from memory under a name. @param {string} url @param {string} name */
export function save(url, name) {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  announce(t('office.saved', { name }));
}
