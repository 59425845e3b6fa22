// Texts of the ledgers; a test holds the keys of both languages equal.
/** @type {Record<string, string>} */
export const zh = {
  'ledger.title': '台账', 'ledger.sub': '由记录自动生成，不用再抄；每一行都能点回原记录。', 'ledger.kinds': '台账种类',
  'ledger.kind.register': '服务登记', 'ledger.kind.volume': '一村一卷', 'ledger.kind.orders': '工单登记', 'ledger.kind.subsidy': '补贴发放',
  'ledger.month': '月份', 'ledger.year': '年度', 'ledger.village': '村（社区）', 'ledger.village.all': '全部', 'ledger.village.none': '请选择',
  'ledger.pick': '一村一卷：请先选择村（社区）。', 'ledger.none': '这一期还没有可登记的内容。顾问提交服务后，这里会自动出现。', 'ledger.open': '打开',
  'ledger.more': '这里显示前 {shown} 行，另有 {more} 行；文件里是全部。', 'ledger.xlsx': '导出 Excel', 'ledger.pdf': '打印（PDF）', 'ledger.full': '导出全名…',
  'ledger.busy': '正在生成…', 'ledger.full.title': '导出完整姓名', 'ledger.full.purpose': '用途', 'ledger.full.hint': '必须写明用途；本次导出会记入审计。', 'ledger.full.go': '导出',
  'ledger.subsidy.how': '先给每个村定考核等次，需要时写明扣减，再导出发放表。', 'ledger.decide': '等次与扣减', 'ledger.decide.pick': '选择等次',
  'ledger.decide.deduct': '有没有扣减？', 'ledger.decide.yuan': '扣减金额（元）', 'ledger.decide.yuan.hint': '没有就留空', 'ledger.decide.next': '下一步', 'ledger.decide.bad': '金额不对，请填数字。',
  'ledger.decide.reason': '扣减原因', 'ledger.decide.save': '保存', 'ledger.decide.saved': '已保存',
  'ledger.grade.excellent': '优秀', 'ledger.grade.good': '良好', 'ledger.grade.passed': '合格', 'ledger.grade.failed': '不合格',
};

/** @type {Record<string, string>} */
export const en = {
  'ledger.title': 'Ledgers', 'ledger.sub': 'Made from the records, nothing is copied by hand; every line leads back to its record.', 'ledger.kinds': 'Kinds of ledger',
  'ledger.kind.register': 'Services', 'ledger.kind.volume': 'Village volume', 'ledger.kind.orders': 'Work orders', 'ledger.kind.subsidy': 'Subsidy',
  'ledger.month': 'Month', 'ledger.year': 'Year', 'ledger.village': 'Village', 'ledger.village.all': 'All', 'ledger.village.none': 'Please choose',
  'ledger.pick': 'One village, one volume: choose the village first.', 'ledger.none': 'Nothing to register in this period yet. Services appear here once counsel submit them.', 'ledger.open': 'Open',
  'ledger.more': 'The first {shown} rows are shown, {more} more are in the file.', 'ledger.xlsx': 'Save as Excel', 'ledger.pdf': 'Print (PDF)', 'ledger.full': 'With full names…',
  'ledger.busy': 'Making the file…', 'ledger.full.title': 'Export full names', 'ledger.full.purpose': 'Purpose', 'ledger.full.hint': 'A purpose is required; this export is written to the audit trail.', 'ledger.full.go': 'Export',
  'ledger.subsidy.how': 'Give each village its grade, note a deduction where there is one, then save the sheet.', 'ledger.decide': 'Grade and deduction', 'ledger.decide.pick': 'Choose a grade',
  'ledger.decide.deduct': 'Is anything deducted?', 'ledger.decide.yuan': 'Deduction (yuan)', 'ledger.decide.yuan.hint': 'Leave empty if none', 'ledger.decide.next': 'Next', 'ledger.decide.bad': 'Please enter a number.',
  'ledger.decide.reason': 'Reason of the deduction', 'ledger.decide.save': 'Save', 'ledger.decide.saved': 'Saved',
  'ledger.grade.excellent': 'excellent', 'ledger.grade.good': 'good', 'ledger.grade.passed': 'passed', 'ledger.grade.failed': 'failed',
};
