// Texts of the form in which a service is logged.
export const zh = {
  'check.id_area': '号码开头不是有效的省份，请核对。', 'check.id_charset': '号码里有不该有的字符，请核对。', 'check.id_check_digit': '校验位不对，请核对。', 'check.id_date': '出生日期不对，请核对。', 'check.id_length': '身份证号应为 18 位。',
  'check.phone_charset': '电话里有不该有的字符，请核对。', 'check.phone_length': '手机号应为 11 位；座机请带区号。', 'check.phone_prefix': '没有这样的手机号段，请核对。',
  'keep.full': '本机空间不足，草稿没有存下', 'keep.resumed': '已恢复上次没写完的', 'keep.saved': '草稿已自动保存', 'keep.saving': '正在保存草稿…',
  'log.add_row': '再加一项', 'log.all_kinds': '全部服务类型', 'log.choose': '请选择', 'log.consent': '已告知目的、范围、期限，对方同意', 'log.consent_hint': '口头即可。', 'log.consent_needed': '请先告知并取得同意。',
  'log.discard': '丢弃', 'log.discard_ask': '丢弃这份没写完的内容？', 'log.edit_title': '修改记录', 'log.failed': '没有保存成功，请再试一次。', 'log.full': '本机空间不足，没有保存。请清理照片等文件后再试，不要关闭本页。', 'log.groups_hint': '只在与事项有关时填写。', 'log.id_hint': '只有代书、援助、调解需要。',
  'log.missing': '还差：{fields}', 'log.more': '时间、方式、地点等', 'log.name_hint': '只记称呼也可以，如“王大姐”。', 'log.other_kind': '其他类型…', 'log.other_outcome': '其他结果…', 'log.paper_hint': '写明文本名称，纸质件随卷保存。', 'log.phone_hint': '只用于回访，可不填。',
  'log.remove_row': '删除第 {n} 项', 'log.resumed': '这是上次没写完的内容，接着写即可。', 'log.save': '保存{kind}', 'log.save_edit': '保存修改', 'log.saved': '已保存在本机', 'log.saving': '正在保存…', 'log.summary_hint': '口语就好，可用输入法的语音输入。',
  'log.time_hint': '默认为开始填写的时间。', 'log.title': '记一件服务', 'log.title_hint': '不写时用事项类目；不要写人名。', 'log.topic_all': '从全部类目里选…', 'log.topic_category': '大类', 'log.topic_maybe': '可能是：', 'log.topic_or': '也可能是：', 'log.topic_type': '写几个字后会给出建议。',
  'presence.clerk': '确认人姓名或职务', 'presence.explain': '自愿选填，不是打卡；一天一村只需一次。', 'presence.how': '怎样佐证', 'presence.known': '今日已有', 'presence.not_plate': '这不是村公示牌的编码，没有采用。请扫村公示牌上的码，评价码不行。', 'presence.other_village': '这是另一个村（{name}）的公示牌，没有采用。请核对所选的村。', 'presence.plate': '公示牌编码', 'presence.plate_hint': '扫码或抄写村公示牌上的编码。', 'presence.reason': '不提供的原因',
  'presence.scan': '扫码', 'presence.sign': '服务对象签名', 'presence.sign_clear': '重签', 'presence.sign_field': '签名区，请用手指书写', 'presence.sign_hint': '不会写字的，可选“村干部确认”。', 'presence.title': '到村佐证',
  'urgent.call': '拨打 {number}', 'urgent.first': '先处置，后登记。',
};

export const en = {
  'check.id_area': 'It does not begin with a province; please check.', 'check.id_charset': 'It contains a character that does not belong there; please check.', 'check.id_check_digit': 'The check digit is wrong; please check.', 'check.id_date': 'The date of birth is wrong; please check.', 'check.id_length': 'An identity number has 18 characters.',
  'check.phone_charset': 'It contains a character that does not belong there; please check.', 'check.phone_length': 'A mobile number has 11 digits; a landline needs its area code.', 'check.phone_prefix': 'No such mobile prefix; please check.',
  'keep.full': 'No space left: the draft was not kept', 'keep.resumed': 'What you had not finished is back', 'keep.saved': 'Draft saved', 'keep.saving': 'Saving the draft…',
  'log.add_row': 'Add another', 'log.all_kinds': 'All kinds of service', 'log.choose': 'Choose', 'log.consent': 'Purpose, scope and period were explained, the person agreed', 'log.consent_hint': 'By word of mouth is enough.', 'log.consent_needed': 'Please explain and ask for consent first.',
  'log.discard': 'Discard', 'log.discard_ask': 'Discard what is not finished?', 'log.edit_title': 'Edit record', 'log.failed': 'It was not saved; please try again.', 'log.full': 'No space left, not saved. Remove some photos or files and try again; keep this page open.', 'log.groups_hint': 'Only where it matters to the case.', 'log.id_hint': 'Needed only for drafting, legal aid and mediation.',
  'log.missing': 'Still missing: {fields}', 'log.more': 'Time, way, place and more', 'log.name_hint': 'A form of address is enough.', 'log.other_kind': 'Another kind…', 'log.other_outcome': 'Another result…', 'log.paper_hint': 'Name the text; the paper stays in the file.', 'log.phone_hint': 'Only for a call back, may stay empty.',
  'log.remove_row': 'Remove no. {n}', 'log.resumed': 'This is what you had not finished; just go on.', 'log.save': 'Save: {kind}', 'log.save_edit': 'Save changes', 'log.saved': 'Saved on this phone', 'log.saving': 'Saving…', 'log.summary_hint': 'Plain words; the keyboard\'s voice input works too.',
  'log.time_hint': 'When you began to write, unless you change it.', 'log.title': 'Log a service', 'log.title_hint': 'The topic is used when empty; no names here.', 'log.topic_all': 'Choose from all topics…', 'log.topic_category': 'Category', 'log.topic_maybe': 'Perhaps:', 'log.topic_or': 'Or perhaps:', 'log.topic_type': 'Type a few words and topics are proposed.',
  'presence.clerk': 'Name or office of who confirms', 'presence.explain': 'Voluntary, not a check-in; once a day and village is enough.', 'presence.how': 'In which way', 'presence.known': 'given today', 'presence.not_plate': 'This is not the code of a village plate, so it was not taken. Scan the plate, not a rating code.', 'presence.other_village': 'This is the plate of another village ({name}), so it was not taken. Check the village you chose.', 'presence.plate': 'Code on the plate', 'presence.plate_hint': 'Scan or copy the code on the village plate.', 'presence.reason': 'Why none is given',
  'presence.scan': 'Scan', 'presence.sign': 'Signature of the person served', 'presence.sign_clear': 'Sign again', 'presence.sign_field': 'Field to sign in with a finger', 'presence.sign_hint': 'Who cannot write may have the village clerk confirm.', 'presence.title': 'Proof of presence',
  'urgent.call': 'Call {number}', 'urgent.first': 'Act first, record after.',
};
