// Texts of the shared widgets.
export const zh = {
  'app.name': '村居法务',
  'ui.back': '返回',
  'ui.cancel': '取消',
  'ui.close': '关闭',
  'ui.needed': '请填写此项',
  'ui.optional': '选填',
};

export const en = {
  'app.name': 'Cunju',
  'ui.back': 'Back',
  'ui.cancel': 'Cancel',
  'ui.close': 'Close',
  'ui.needed': 'Please fill this in',
  'ui.optional': 'optional',
};
