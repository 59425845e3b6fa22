package ratings

import "cunju/hooks/fault"

// messages holds every text of the public page, Chinese first.
var messages = map[string]fault.Text{
	"site":     {Zh: "村居法律服务评价", En: "Rate your service"},
	"language": {Zh: "English", En: "中文"},

	"rate.title":   {Zh: "这次服务，您满意吗？", En: "How was this service?"},
	"rate.legend":  {Zh: "请点一个", En: "Tap one"},
	"rate.submit":  {Zh: "提交评价", En: "Send rating"},
	"rate.waiting": {Zh: "服务记录还在路上，您的评价会先收好。", En: "The service record has not arrived yet. Your rating will be kept for it."},
	"rate.promise": {Zh: "不记名，不收费，不会问您身份证号、密码和验证码。", En: "Anonymous and free. We never ask for your ID number, a password or a code."},
	"rate.choose":  {Zh: "请先点一个，再提交。", En: "Tap one first, then send."},
	"rate.again":   {Zh: "刚才没有提交成功，请再点一次。", En: "That did not go through. Please choose and send again."},

	"fact.on":      {Zh: "", En: "On "},
	"fact.in":      {Zh: "，在", En: ", in "},
	"fact.by":      {Zh: "，", En: ", "},
	"fact.counsel": {Zh: "村居法律顾问", En: "the village counsel"},
	"fact.gave":    {Zh: "为您服务：", En: " served you: "},
	"fact.served":  {Zh: "为您服务", En: " served you"},
	"fact.open":    {Zh: "（", En: " ("},
	"fact.close":   {Zh: "）", En: ")"},
	"fact.end":     {Zh: "。", En: "."},
	"fact.licence": {Zh: "执业证号 ", En: "Licence "},

	"grade.5": {Zh: "非常满意", En: "Very satisfied"},
	"grade.4": {Zh: "满意", En: "Satisfied"},
	"grade.3": {Zh: "基本满意", En: "Fairly satisfied"},
	"grade.2": {Zh: "不满意", En: "Dissatisfied"},
	"grade.1": {Zh: "非常不满意", En: "Very dissatisfied"},

	"thanks.title":    {Zh: "谢谢，评价收到了", En: "Thank you, we have it"},
	"thanks.yours":    {Zh: "您的评价", En: "Your rating"},
	"thanks.bad":      {Zh: "会有专人核实，不由为您服务的人处理。", En: "Someone else than the person who served you will look into it."},
	"thanks.second":   {Zh: "这个码已有人评过。您的评价也会保存，由工作人员查看。", En: "This code had been rated before. Yours is kept, too, and staff will look at it."},
	"thanks.late":     {Zh: "已超过三十天，评价会保存，但不计入统计。", En: "It is more than thirty days ago: your rating is kept but not counted."},
	"thanks.assisted": {Zh: "服务人员代填的评价会保存，但不计入统计。", En: "A rating filled in by the person who served you is kept but not counted."},
	"thanks.done":     {Zh: "现在可以关掉这一页。", En: "You may close this page now."},
	"thanks.full":     {Zh: "这次服务的评价已经定下，不能再改。", En: "The rating of this service can no longer be changed."},

	"stage.title":       {Zh: "您的差评：", En: "Your complaint: "},
	"stage.received":    {Zh: "已收到，24小时内有人受理。不由为您服务的人处理。", En: "received. Within 24 hours somebody else than the person who served you takes it on."},
	"stage.accepted":    {Zh: "已受理，正在安排核实。", En: "taken on; it will be looked into."},
	"stage.verifying":   {Zh: "正在核实。", En: "being looked into."},
	"stage.unfounded":   {Zh: "已核实，会向您说明结果。", En: "looked into; you will be told the result."},
	"stage.fix_plan":    {Zh: "已核实，正在整改。", En: "confirmed; it is being put right."},
	"stage.explained":   {Zh: "已核实并作出解释。", En: "looked into and explained."},
	"stage.fixed":       {Zh: "已整改。", En: "put right."},
	"stage.called_back": {Zh: "已回访。", En: "you have been called back."},
	"stage.closed":      {Zh: "已办结。还不满意，可以拨打 12348。", En: "closed. If you are still not satisfied, call 12348."},

	"again.legend":      {Zh: "您上次不满意的事，我们处理过了。现在您满意吗？", En: "We have dealt with what you complained about. Are you satisfied now?"},
	"again.satisfied":   {Zh: "满意", En: "Satisfied"},
	"again.fair":        {Zh: "基本满意", En: "Fairly satisfied"},
	"again.unsatisfied": {Zh: "不满意", En: "Dissatisfied"},
	"again.submit":      {Zh: "提交", En: "Send"},
	"again.said":        {Zh: "处理以后您说：", En: "After that you said: "},

	"more.title":     {Zh: "还想说几句（可不填）", En: "Tell us more (optional)"},
	"more.reasons":   {Zh: "哪里不满意？可多选", En: "What went wrong? Tick any"},
	"more.remark":    {Zh: "您的话", En: "In your words"},
	"more.phone":     {Zh: "要回电话请留号码", En: "Phone, if you want a call back"},
	"more.phonehint": {Zh: "只给处理的人看", En: "Shown only to who handles it"},
	"more.phonebad":  {Zh: "这个电话号码不对，请检查。", En: "This is not a telephone number. Please check it."},
	"more.helper":    {Zh: "谁帮您填的？", En: "Who helped you fill this in?"},
	"more.save":      {Zh: "保存", En: "Save"},
	"more.saved":     {Zh: "您补充的话", En: "You added"},
	"more.called":    {Zh: "回电号码已收下", En: "Call-back number received"},
	"change.title":   {Zh: "点错了？改一下", En: "Wrong tap? Change it"},
	"change.submit":  {Zh: "改成这个", En: "Change rating"},

	"helper.":        {Zh: "自己填的", En: "Nobody"},
	"helper.family":  {Zh: "家人", En: "Family"},
	"helper.clerk":   {Zh: "村干部", En: "Village clerk"},
	"helper.counsel": {Zh: "为我服务的人", En: "The person who served me"},
	"helper.other":   {Zh: "别人", En: "Someone else"},

	"reason.attitude":     {Zh: "态度不好", En: "Unfriendly"},
	"reason.unclear":      {Zh: "没讲明白", En: "Not explained clearly"},
	"reason.slow":         {Zh: "拖得太久", En: "Took too long"},
	"reason.no_help":      {Zh: "没解决问题", En: "Did not help"},
	"reason.absent":       {Zh: "人没到场", En: "Nobody came"},
	"reason.fee":          {Zh: "收了费或礼", En: "Took money or a gift"},
	"reason.privacy":      {Zh: "泄露隐私", En: "Told others about it"},
	"reason.record_wrong": {Zh: "记录与实际不符", En: "The record is wrong"},
	"reason.other":        {Zh: "其他", En: "Something else"},

	"genuine.title":  {Zh: "这份文书是真的", En: "This document is genuine"},
	"genuine.text":   {Zh: "请核对手上文书的内容与归档日期。文书写了什么、关系到谁，这里不显示。", En: "Compare the day with the paper in your hand. What it says and whom it concerns is not shown here."},
	"replaced.title": {Zh: "这份文书已被新的文书替代", En: "This document has been replaced"},
	"replaced.text":  {Zh: "它归档过，但后来有了更正的文书。请以新文书为准，可到归档的司法所查询。", En: "It was filed, and a corrected one took its place. Please use the newer one; the office that filed it can help."},
	"nopaper.title":  {Zh: "查不到这份文书", En: "No such document"},
	"nopaper.text":   {Zh: "可能是抄错了、还没有归档，或者不是这里的文书。请到乡镇司法所核对，或拨打 12348。", En: "The code may be mistyped, the document not filed yet, or not one of ours. Ask at the township justice office or call 12348."},
	"paper.site":     {Zh: "村居文书核对", En: "Checking a document"},
	"paper.filed":    {Zh: "归档日期：", En: "Filed on: "},
	"paper.office":   {Zh: "归档单位：", En: "Filed by: "},
	"gone.title":     {Zh: "这个码现在不能用", En: "This code cannot be used"},
	"gone.text":      {Zh: "可能是抄错了、过期了，或者不是这里的码。", En: "It may be mistyped, too old, or not one of ours."},
	"gone.scan":      {Zh: "再扫一次，或者手工输入", En: "Scan again, or type it in"},
	"gone.call":      {Zh: "也可以到乡镇司法所说，或拨打 12348。", En: "You can also go to the township justice office or call 12348."},

	"staff.title": {Zh: "这部手机不能评价", En: "This device cannot rate"},
	"staff.text":  {Zh: "它登录过工作人员的账号。评价要由群众自己做，请换您自己的或家人的手机扫码。", En: "A member of staff has used it. The rating belongs to the resident: please scan with your own or a relative's phone."},
	"staff.paper": {Zh: "没有手机，可以在纸上写评价，交给村委会或司法所。", En: "Without a phone you may rate on paper and hand it to the village committee or the justice office."},

	"busy.title": {Zh: "现在人多，请等一分钟", En: "Busy, please wait a minute"},
	"busy.text":  {Zh: "等一分钟再扫码就行。码不会因此失效。", En: "Scan again in a minute. Your code stays good."},

	"busy.work": {Zh: "正在为您排队，几秒钟后自动打开，不用再扫。", En: "Queueing for you: the page opens by itself in a few seconds."},

	"full.title": {Zh: "这个码不能再收评价", En: "This code takes no more ratings"},
	"full.text":  {Zh: "收到的评价太多了。请到乡镇司法所说，或拨打 12348。", En: "It has had too many. Please go to the township justice office or call 12348."},

	"broken.title": {Zh: "没有存上", En: "Not saved"},
	"broken.text":  {Zh: "系统出了问题，评价没有存上。请过一会儿再扫码。", En: "Something went wrong and your rating was not saved. Please scan again later."},

	"entry.title":  {Zh: "输入评价码", En: "Type your code"},
	"entry.label":  {Zh: "评价码", En: "Code"},
	"entry.hint":   {Zh: "在服务记录单的二维码下面。大小写、空格、横线都不要紧。", En: "It is printed below the QR code. Capitals, spaces and hyphens do not matter."},
	"entry.submit": {Zh: "下一步", En: "Next"},
}

// say gives a text in a language.
func say(lang, key string) string { return messages[key].In(lang) }
