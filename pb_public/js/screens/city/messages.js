// Texts of the city's page.
export const zh = {
  'city.nav.overview': '总览', 'city.nav.invite': '邀请乡镇', 'city.title': '服务总览', 'city.login.title': '市县总览', 'city.login.sub': '看全辖区的服务数量、事项与各乡镇进度。', 'city.login.role': '此页面供区县和市级主管使用。',
  'city.month': '月份', 'city.csv': '下载表格（CSV）', 'city.print': '打印', 'city.total': '服务记录', 'city.total.verified': '已核验', 'city.total.share': '核验比例', 'city.total.behind': '落后的乡镇',
  'city.by.county': '按区县', 'city.by.township': '按乡镇（街道）', 'city.by.topic': '按事项', 'city.course': '近十二个月', 'city.cross.county': '区县与事项', 'city.cross.township': '乡镇（街道）与事项', 'city.place': '地点', 'city.services': '服务', 'city.picture': '图', 'city.none': '没有数据。',
  'city.verified': '已核验', 'city.unverified': '未核验', 'city.few': '不公布', 'city.few.why': '数量少于 5 不显示；为防止由合计推算，同行或同列可能再隐去一格。', 'city.few.note': '* 数量少于 5，或为防止由合计推算而一并隐去，以免识别到个人。',
  'city.lag': '各乡镇进度', 'city.lag.sub': '最久没有联系的排在最前；未交数量由设备上次联系时自报。', 'city.lag.place': '乡镇（街道）', 'city.lag.seen': '最近联系', 'city.lag.newest': '最新数据到达', 'city.lag.unsent': '未交记录', 'city.lag.phones': '手机',
  'city.lag.empty': '还没有乡镇接入。', 'city.lag.empty.teach': '乡镇服务器用配对码加入后，会在这里显示联系时间和进度。', 'city.empty': '这个月还没有服务记录。', 'city.empty.teach': '请换一个月份；各乡镇的数据联网后自动汇总到这里。',
  'city.invite.title': '邀请乡镇', 'city.invite.sub': '给乡镇司法所一个一次性邀请码，让它的服务器加入市中心。', 'city.invite.make': '生成邀请码', 'city.invite.needed': '请先选择区县和乡镇（街道）。', 'city.invite.for': '{name} 的邀请码',
  'city.invite.step1': '乡镇服务器的 cunju.conf 里要有这一行（没有就加上，重新启动）：', 'city.invite.step2': '乡镇管理员登录司法所页面，打开“本节点”，填入上面的邀请码。', 'city.invite.step3': '加入后，这里的总览会显示该乡镇的联系时间和进度。',
};

export const en = {
  'city.nav.overview': 'Overview', 'city.nav.invite': 'Invite a township', 'city.title': 'Overview of services', 'city.login.title': 'City and county overview', 'city.login.sub': 'How much was done, about what, and how far townships are behind.', 'city.login.role': 'This page is for supervisors of counties and the city.',
  'city.month': 'Month', 'city.csv': 'Download (CSV)', 'city.print': 'Print', 'city.total': 'service records', 'city.total.verified': 'verified', 'city.total.share': 'share verified', 'city.total.behind': 'townships behind',
  'city.by.county': 'By county', 'city.by.township': 'By township', 'city.by.topic': 'By topic', 'city.course': 'Last twelve months', 'city.cross.county': 'Counties by topic', 'city.cross.township': 'Townships by topic', 'city.place': 'Place', 'city.services': 'Services', 'city.picture': 'Picture', 'city.none': 'No data.',
  'city.verified': 'verified', 'city.unverified': 'not verified', 'city.few': 'not published', 'city.few.why': 'Counts under 5 are not shown; one more cell of the row or column may be hidden so that totals do not give it away.', 'city.few.note': '* under 5, or hidden so that totals do not give such a number away: nobody shall be recognised.',
  'city.lag': 'Progress of townships', 'city.lag.sub': 'The longest silent first; what is unsent was reported at the last contact.', 'city.lag.place': 'Township', 'city.lag.seen': 'Last contact', 'city.lag.newest': 'Newest data', 'city.lag.unsent': 'Not sent yet', 'city.lag.phones': 'Phones',
  'city.lag.empty': 'No township has joined yet.', 'city.lag.empty.teach': 'A township\'s server joins with a pairing code and then shows its contact and progress here.', 'city.empty': 'No service records in this month.', 'city.empty.teach': 'Choose another month; the townships\' data come together here by themselves.',
  'city.invite.title': 'Invite a township', 'city.invite.sub': 'A code that works once lets a township\'s server join the city.', 'city.invite.make': 'Make a code', 'city.invite.needed': 'Choose county and township first.', 'city.invite.for': 'Code for {name}',
  'city.invite.step1': 'The township\'s cunju.conf has this line (else add it and restart):', 'city.invite.step2': 'The township\'s administrator logs in at the office\'s page, opens “This node” and enters the code above.', 'city.invite.step3': 'After that the overview here shows the township\'s contact and progress.',
};
