// Texts of the page about the server and its joining the city.
export const zh = {
  'office.node.title': '本节点', 'office.node.sub': '这台服务器是谁、有没有加入市中心。', 'office.node.facts': '节点信息', 'office.node.tier': '层级', 'office.node.tier.township': '司法所', 'office.node.tier.city': '市中心', 'office.node.name': '名称', 'office.node.region': '区划',
  'office.node.upstream': '市中心地址', 'office.node.upstream.none': '未设置', 'office.node.joined': '加入市中心', 'office.node.joined.yes': '已加入', 'office.node.joined.no': '未加入', 'office.node.until': '证书有效至', 'office.node.install': '节点编号', 'office.node.epoch': '数据期次',
  'office.node.is.joined': '已加入市中心', 'office.node.is.joined.text': '有网络时，记录会自动上传、下行的资料会自动取回。', 'office.node.is.ending': '证书快到期了', 'office.node.is.ending.text': '到期后市中心不再收记录。请向市中心要一个新的邀请码，重新加入。',
  'office.node.is.waiting': '还没有加入市中心', 'office.node.is.waiting.text': '本所可以照常工作，记录都在这里；加入后会一并上传，已签的记录继续有效。', 'office.node.is.alone': '没有设置市中心地址', 'office.node.is.alone.text': '请在服务器的 cunju.conf 里加上下面这一行（地址由市中心告知），重新启动后再到这里加入。',
  'office.node.is.city': '本节点是市中心', 'office.node.is.city.text': '乡镇用这里的邀请码加入。', 'office.node.invite': '邀请乡镇', 'office.node.join': '加入市中心', 'office.node.busy': '正在联系市中心…', 'office.node.done': '已加入市中心。',
  'office.node.step1': '请市中心管理员打开“邀请乡镇”，选择本乡镇，生成邀请码。', 'office.node.step2': '十分钟内把 16 位邀请码填在这里。', 'office.node.step3': '点“加入市中心”。以前的记录会自动补传。',
  'office.node.code': '邀请码', 'office.node.code.hint': '16 位字母和数字，不分大小写，空格可不填。', 'office.node.code.wrong': '邀请码有 16 位，请核对。', 'office.node.again': '重新加入', 'office.node.again.text': '证书快到期，或市中心要求时，用新的邀请码再加入一次；数据不受影响。',
};

export const en = {
  'office.node.title': 'This node', 'office.node.sub': 'What this server is, and whether it has joined the city.', 'office.node.facts': 'Facts', 'office.node.tier': 'Tier', 'office.node.tier.township': 'township office', 'office.node.tier.city': 'city', 'office.node.name': 'Name', 'office.node.region': 'Region',
  'office.node.upstream': 'Address of the city', 'office.node.upstream.none': 'not set', 'office.node.joined': 'Joined the city', 'office.node.joined.yes': 'joined', 'office.node.joined.no': 'not joined', 'office.node.until': 'Certificate until', 'office.node.install': 'Install', 'office.node.epoch': 'Epoch',
  'office.node.is.joined': 'Joined the city', 'office.node.is.joined.text': 'With a connection records go up and the city\'s data come down by themselves.', 'office.node.is.ending': 'The certificate ends soon', 'office.node.is.ending.text': 'After that the city takes no records. Ask the city for a new code and join again.',
  'office.node.is.waiting': 'Not joined yet', 'office.node.is.waiting.text': 'The office works as usual and keeps its records; they go up after joining, and what was signed stays valid.', 'office.node.is.alone': 'No address of the city is set', 'office.node.is.alone.text': 'Write the line below into cunju.conf on the server (the city tells you the address), restart it, and join here.',
  'office.node.is.city': 'This is the city\'s node', 'office.node.is.city.text': 'Townships join with a code made here.', 'office.node.invite': 'Invite a township', 'office.node.join': 'Join the city', 'office.node.busy': 'Calling the city…', 'office.node.done': 'Joined the city.',
  'office.node.step1': 'The city\'s administrator opens “Invite a township”, chooses this township and makes a code.', 'office.node.step2': 'Enter its 16 signs here within ten minutes.', 'office.node.step3': 'Press “Join the city”. Earlier records go up by themselves.',
  'office.node.code': 'Code', 'office.node.code.hint': '16 letters and digits, upper or lower case, spaces do not matter.', 'office.node.code.wrong': 'A code has 16 signs; please check.', 'office.node.again': 'Join again', 'office.node.again.text': 'When the certificate ends soon or the city asks for it: join once more with a new code. No data are touched.',
};
