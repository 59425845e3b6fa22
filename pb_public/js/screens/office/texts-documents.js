// Texts of the documents' page; a test holds the keys of both languages equal.
/** @type {Record<string, string>} */
export const zh = {
  'papers.title': '文书', 'papers.sub': '归档后不再改动；任何人扫文书上的码都能核对真伪。', 'papers.lists': '文书列表',
  'papers.submitted': '待归档', 'papers.filed': '已归档', 'papers.returned': '已退回', 'papers.superseded': '已替代',
  'papers.none.submitted': '没有等待归档的文书。顾问提交后会出现在这里。', 'papers.none.filed': '还没有归档的文书。', 'papers.none.returned': '没有退回的文书。', 'papers.none.superseded': '没有被替代的文书。',
  'papers.col.no': '编号', 'papers.col.village': '村（社区）', 'papers.col.template': '模板', 'papers.col.service': '服务记录', 'papers.col.filed_at': '归档时间', 'papers.col.do': '办理',
  'papers.no.none': '未编号', 'papers.open': '打开记录', 'papers.next': '下一页', 'papers.code': '核对码', 'papers.code.label': '文书核对码',
  'papers.file.do': '归档', 'papers.return.do': '退回', 'papers.ask.file': '归档这份文书？', 'papers.ask.file.text': '归档后编号、内容都不能再改；更正要另作新文书。',
  'papers.ask.return': '退回这份文书？', 'papers.ask.return.text': '顾问会在手机上看到，修改后可以再提交。', 'papers.done.file': '已归档，编号 {no}', 'papers.done.return': '已退回{no}',
};

/** @type {Record<string, string>} */
export const en = {
  'papers.title': 'Documents', 'papers.sub': 'What is filed is never changed; anybody can check a paper by its code.', 'papers.lists': 'Lists of documents',
  'papers.submitted': 'To be filed', 'papers.filed': 'Filed', 'papers.returned': 'Returned', 'papers.superseded': 'Replaced',
  'papers.none.submitted': 'No document waits. What counsel submit appears here.', 'papers.none.filed': 'Nothing is filed yet.', 'papers.none.returned': 'Nothing was returned.', 'papers.none.superseded': 'Nothing was replaced.',
  'papers.col.no': 'Number', 'papers.col.village': 'Village', 'papers.col.template': 'Template', 'papers.col.service': 'Service record', 'papers.col.filed_at': 'Filed', 'papers.col.do': 'Action',
  'papers.no.none': 'no number yet', 'papers.open': 'Open record', 'papers.next': 'Next page', 'papers.code': 'Code', 'papers.code.label': 'code for checking the document',
  'papers.file.do': 'File', 'papers.return.do': 'Return', 'papers.ask.file': 'File this document?', 'papers.ask.file.text': 'Number and text cannot be changed afterwards; a correction is a new document.',
  'papers.ask.return': 'Return this document?', 'papers.ask.return.text': 'Counsel see it on the phone and can submit it again.', 'papers.done.file': 'Filed as {no}', 'papers.done.return': 'Returned{no}',
};
