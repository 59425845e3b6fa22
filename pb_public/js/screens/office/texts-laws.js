// Texts of the law library; a test holds the keys of both languages equal.
/** @type {Record<string, string>} */
export const zh = {
  'law.title': '法律法规', 'law.sub': '本节点导入的法律；按所选日期当时有效的条文显示。', 'law.words': '查什么', 'law.on': '哪一天有效', 'law.search': '查找',
  'law.empty': '输入几个词，例如“离婚 财产”或“拖欠工资”。', 'law.none': '没有查到条文。', 'law.none.teach': '换一种说法试试；还没有导入法律的，请管理员在本机运行 cunju import laws。',
  'law.from': '{day} 起施行', 'law.from.unknown': '施行日期不详', 'law.to': '{day} 起由新的条文代替', 'law.next': '下一页', 'law.back': '上一页',
};

/** @type {Record<string, string>} */
export const en = {
  'law.title': 'Laws', 'law.sub': 'The laws imported into this node, as worded on the day you choose.', 'law.words': 'Look for', 'law.on': 'In force on', 'law.search': 'Search',
  'law.empty': 'Type a few words in Chinese, such as 离婚 财产.', 'law.none': 'No article found.', 'law.none.teach': 'Try other words; where no laws are imported yet, an administrator runs cunju import laws on the box.',
  'law.from': 'in force from {day}', 'law.from.unknown': 'day of entry into force unknown', 'law.to': 'replaced from {day}', 'law.next': 'Next page', 'law.back': 'Previous page',
};
