// Texts of the desk's form; those of the fields are the phone's.
export const zh = {
  'office.desk.title': '补录纸质单', 'office.desk.sub': '照纸质服务单录入。保存后待核验，和手机上的记录一样计数。', 'office.desk.who': '谁、在哪里、什么时候', 'office.desk.whom': '服务对象', 'office.desk.what': '什么事、怎么办的', 'office.desk.more': '其他（选填）',
  'office.desk.kind.first': '选好服务类型后，会出现这一类要填的内容。', 'office.desk.time.hint': '纸质单上写的时间。', 'office.desk.ahead': '时间还没到，请核对。', 'office.desk.save': '保存', 'office.desk.save.next': '保存并录下一张', 'office.desk.saved': '已补录，待核验。', 'office.desk.as_is': '纸上就是这样写的，照样保存',
};

export const en = {
  'office.desk.title': 'Enter a paper slip', 'office.desk.sub': 'Copy the paper slip. It then waits for verification and counts like a record of a phone.', 'office.desk.who': 'Who, where and when', 'office.desk.whom': 'Who was served', 'office.desk.what': 'What it was about', 'office.desk.more': 'Other (optional)',
  'office.desk.kind.first': 'Choose the kind of service first; what it asks for then appears.', 'office.desk.time.hint': 'The time on the slip.', 'office.desk.ahead': 'This time has not come yet; please check.', 'office.desk.save': 'Save', 'office.desk.save.next': 'Save and enter the next', 'office.desk.saved': 'Entered, waiting for verification.', 'office.desk.as_is': 'The paper says so; save it as it is',
};
