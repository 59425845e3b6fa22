// Texts of choosing a PIN.
export const zh = {
  'pin.busy': '正在加密…', 'pin.differ': '两次输入不一样。', 'pin.easy': '太容易猜到，请换一个。', 'pin.failed': '没有成功，请重试。', 'pin.go': '设好并继续',
  'pin.hint': '至少 6 位数字，也可用更长的口令。司法所不知道它，也不能替您找回。', 'pin.old_store': '从现在起，本机的记录加密保存。请设一个开锁密码；已有的记录一条不少。',
  'pin.pin-again': '再输一次', 'pin.pin-new': '开锁密码', 'pin.pin-old': '现在的密码', 'pin.short': '至少 6 位。', 'pin.title': '设置开锁密码', 'pin.wrong': '现在的密码不对。',
};

export const en = {
  'pin.busy': 'Encrypting…', 'pin.differ': 'The two are not the same.', 'pin.easy': 'Too easy to guess, please choose another.', 'pin.failed': 'It did not work, please try again.', 'pin.go': 'Set and go on',
  'pin.hint': 'At least 6 digits, or a longer passphrase. The office does not know it and cannot recover it.', 'pin.old_store': 'From now on records on this phone are kept encrypted. Choose a PIN; nothing that is here is lost.',
  'pin.pin-again': 'Once more', 'pin.pin-new': 'PIN', 'pin.pin-old': 'PIN of now', 'pin.short': 'At least 6.', 'pin.title': 'Choose a PIN', 'pin.wrong': 'The PIN of now is wrong.',
};
