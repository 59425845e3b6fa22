// Texts of carrying files.
export const zh = {
  'carry.bundle_receiver': '这个文件不是给本机的。', 'carry.explain': '长期没有网络时，可把未发送的记录导出成一个加密文件（只有司法所能打开），用数据线或存储卡带去；带回的回执文件在这里导入。附件不在文件里。',
  'carry.give': '导出未发送', 'carry.made': '已导出 {n} 条；回执导入之前，它们仍算未发送', 'carry.no_box': '本机还没有司法所的收件钥匙。请先联网同步一次。', 'carry.signature': '文件的签名不对，没有导入。', 'carry.stranger': '这不是本机认识的司法所给的回执。',
  'carry.take': '导入回执', 'carry.taken': '已导入 {n} 张回执', 'carry.title': '用文件带去', 'carry.too_large': '文件太大。', 'carry.unreadable': '文件读不出来：不是回执文件，或已损坏。',
};

export const en = {
  'carry.bundle_receiver': 'This file is not for this phone.', 'carry.explain': 'With no network for long, export what is not sent as one encrypted file (only the office can open it) and bring it by cable or card; import the answer here. Attachments are not in the file.',
  'carry.give': 'Export the unsent', 'carry.made': '{n} exported; they count as unsent until the answer is imported', 'carry.no_box': 'This phone does not have the office\'s key for files yet. Sync once with a network.', 'carry.signature': 'The signature of the file is wrong; nothing was imported.', 'carry.stranger': 'This is not an answer of an office that this phone knows.',
  'carry.take': 'Import the answer', 'carry.taken': '{n} receipts imported', 'carry.title': 'Carry as a file', 'carry.too_large': 'The file is too large.', 'carry.unreadable': 'The file cannot be read: it is no answer, or it is damaged.',
};
