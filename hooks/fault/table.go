package fault

import "net/http"

// Text is one sentence in both languages of the product.
type Text struct {
	Zh string
	En string
}

// In gives the sentence in "en" or, for any other language, in Chinese.
func (t Text) In(lang string) string {
	if lang == "en" {
		return t.En
	}
	return t.Zh
}

// Entry is what the table knows about a code: the HTTP status, what went wrong
// and what to do next.
type Entry struct {
	Status  int
	Message Text
	Hint    Text
}

// Internal is the code of everything that is not in the table.
const Internal = "internal"

// table is the only place where a code, its status and its sentences meet.
var table = map[string]Entry{
	// the request
	"malformed": {http.StatusBadRequest,
		Text{"请求内容无法识别。", "The request cannot be read."},
		Text{"请检查填写内容后重试；若反复出现，请更新程序。", "Check the input and try again; if it happens again, update the program."}},
	"too_large": {http.StatusRequestEntityTooLarge,
		Text{"内容过大。", "The content is too large."},
		Text{"请分批提交，或减小照片、附件。", "Send it in parts, or make photos and attachments smaller."}},
	"not_found": {http.StatusNotFound,
		Text{"没有找到。", "Not found."},
		Text{"请核对地址或编号；记录也可能不在您的辖区。", "Check the address or number; the record may also be outside your region."}},
	"text_too_long": {http.StatusBadRequest,
		Text{"文字太长。", "The text is too long."},
		Text{"请精简，或分成几条记录。", "Shorten it, or split it into several records."}},
	"too_many": {http.StatusTooManyRequests,
		Text{"操作太频繁。", "Too many requests."},
		Text{"请稍等片刻再试。", "Wait a moment and try again."}},
	"state": {http.StatusConflict,
		Text{"当前状态不允许这样操作。", "The present state does not allow this."},
		Text{"请刷新页面，查看最新状态后再处理。", "Reload the page and look at the latest state first."}},
	"reason_required": {http.StatusBadRequest,
		Text{"请写明原因。", "A reason is required."},
		Text{"请填写一句话的原因；它会留在记录里。", "Write one sentence; it stays in the record."}},
	"purpose_required": {http.StatusBadRequest,
		Text{"查看个人信息须写明用途。", "A purpose is required to view personal data."},
		Text{"请填写用途；本次查看会记入审计。", "Enter the purpose; this view is written to the audit trail."}},

	// who and where
	"unauthorized": {http.StatusUnauthorized,
		Text{"请先登录。", "Please log in."},
		Text{"请用本人账号登录后再试。", "Log in with your own account and try again."}},
	"login_expired": {http.StatusUnauthorized,
		Text{"登录已过期。", "Your login has expired."},
		Text{"请重新登录；未提交的内容仍在本机。", "Log in again; what you had not sent is still on this device."}},
	"forbidden": {http.StatusForbidden,
		Text{"您没有此项权限。", "You are not allowed to do this."},
		Text{"如工作需要，请联系本所管理员调整权限。", "If your work needs it, ask your office's administrator."}},
	"scope": {http.StatusForbidden,
		Text{"不在您的辖区范围内。", "This is outside your region."},
		Text{"请切换到本人负责的村居，或请管理员核对指派期限。", "Choose a village you are assigned to, or have the assignment dates checked."}},
	"region_unknown": {http.StatusBadRequest,
		Text{"区划代码不存在或已停用。", "The region code does not exist or is no longer valid."},
		Text{"请从列表中重新选择村居；区划调整后请用新代码。", "Choose the village from the list again; after a boundary change use the new code."}},

	// identity numbers
	"id_check_digit": {http.StatusBadRequest,
		Text{"身份证号码不正确。", "The identity number is not valid."},
		Text{"请对照证件逐位核对；对方不愿提供时可留空。", "Compare it with the card digit by digit; leave it empty if the person declines."}},
	"uscc_check": {http.StatusBadRequest,
		Text{"统一社会信用代码不正确。", "The unified social credit code is not valid."},
		Text{"请对照执照核对18位代码，其中没有字母 I、O、S、V、Z。", "Compare the 18 characters with the licence; letters I, O, S, V and Z are never used."}},
	"phone_format": {http.StatusBadRequest,
		Text{"电话号码格式不正确。", "The phone number is not valid."},
		Text{"手机填11位数字；座机填区号和号码，如 023-12345678。", "Enter 11 digits for a mobile phone, or area code and number such as 023-12345678."}},

	// pairing and set-up
	"pairing_wrong": {http.StatusForbidden,
		Text{"配对码不正确。", "The pairing code is wrong."},
		Text{"请核对后重新输入，或请司法所重新生成。", "Check it and enter it again, or ask the office for a new one."}},
	"pairing_used": {http.StatusConflict,
		Text{"配对码已被使用。", "The pairing code has already been used."},
		Text{"每个配对码只能用一次，请司法所重新生成。", "Each code works once; ask the office for a new one."}},
	"pairing_expired": {http.StatusGone,
		Text{"配对码已过期。", "The pairing code has expired."},
		Text{"配对码10分钟内有效，请司法所重新生成。", "A code is valid for 10 minutes; ask the office for a new one."}},
	"pairing_tries": {http.StatusTooManyRequests,
		Text{"配对码输错次数过多。", "Too many wrong pairing codes."},
		Text{"请等10分钟，再请司法所生成新的配对码。", "Wait 10 minutes, then ask the office for a new code."}},
	"weak_password": {http.StatusBadRequest,
		Text{"密码太弱。", "The password is too weak."},
		Text{"请至少用10个字符，不用姓名、电话或常见密码。", "Use at least 10 characters; no name, phone number or common password."}},
	"password_wrong": {http.StatusForbidden,
		Text{"原密码不正确。", "The present password is not right."},
		Text{"请检查大小写；忘记密码请找管理员重设。", "Check upper and lower case; if it is lost, ask an administrator for a new one."}},
	"login_taken": {http.StatusConflict,
		Text{"这个登录邮箱已有人用。", "This login is already taken."},
		Text{"请换一个；若本人以前有账号，请在人员页恢复启用。", "Choose another one; a former account can be enabled again on the staff page."}},
	"too_many_villages": {http.StatusConflict,
		Text{"一位法律顾问最多负责 8 个村（社区）。", "A counsel serves eight villages at most."},
		Text{"请先结束一个村的指派，或换一位法律顾问。", "End the assignment of another village first, or choose another counsel."}},
	"setup_done": {http.StatusConflict,
		Text{"管理员已经设置过。", "The administrator has already been set up."},
		Text{"请直接登录；忘记密码请在服务器上用命令重设。", "Log in; if the password is lost, reset it by command on the server."}},

	// sync
	"clock": {http.StatusUnauthorized,
		Text{"设备时钟与服务器相差超过10分钟。", "The device's clock is more than 10 minutes off."},
		Text{"程序会自动校正后重试；也请校准设备时间。", "The program corrects this and tries again; please set the device's clock too."}},
	"suite": {http.StatusBadRequest,
		Text{"不支持该密码算法套件。", "The cipher suite is not supported."},
		Text{"请把程序更新到与服务器相同的版本。", "Update the program to the server's version."}},
	"signature": {http.StatusUnauthorized,
		Text{"签名验证失败。", "The signature does not verify."},
		Text{"内容可能被改动；请勿删除本机数据，联系司法所。", "The content may have been altered; keep the device's data and contact the office."}},
	"unknown_install": {http.StatusUnauthorized,
		Text{"本设备尚未登记。", "This device is not enrolled."},
		Text{"请向司法所索取配对码后登记设备。", "Ask the office for a pairing code and enrol the device."}},
	"install_suspended": {http.StatusForbidden,
		Text{"同一编号收到过两份不同的内容，这台设备已暂停上传。", "Two different contents came under one number; uploads from this device are on hold."},
		Text{"本机的记录都还在；请联系司法所核对后恢复或重新配对。", "Everything is still on this device; ask the justice office to check and resume it, or pair again."}},
	"cert_expired": {http.StatusForbidden,
		Text{"这台设备的证书已过期。", "The certificate of this device has expired."},
		Text{"记录可以继续保存；请到司法所重新配对后再上传。", "You can go on saving records; pair again at the justice office to upload them."}},
	"no_villages": {http.StatusConflict,
		Text{"这位顾问现在没有分配村（社区）。", "This counsel has no village assigned now."},
		Text{"请先在司法所登记顾问负责的村（社区），再重新生成配对码。", "Record the counsel's villages at the office first, then make a new pairing code."}},
	"no_upstream": {http.StatusConflict,
		Text{"本节点没有设置上级（市中心）地址。", "This node has no address of the city's node."},
		Text{"请在配置文件里写上 upstream = https://…，重新启动后再试。", "Write upstream = https://… into the settings file, restart, and try again."}},
	"upstream": {http.StatusBadGateway,
		Text{"连不上市中心的服务器。", "The city's server cannot be reached."},
		Text{"请检查网络和地址；配对码没有用掉，可以再试。", "Check the network and the address; the code is not used up, try again."}},
	"install_revoked": {http.StatusForbidden,
		Text{"本设备已被停用。", "This device has been revoked."},
		Text{"请联系司法所；未提交的记录可由司法所导出核对。", "Contact the office; it can export and check records that were not sent."}},
	"gap": {http.StatusConflict,
		Text{"批次不连续，前面的批次尚未收到。", "An earlier batch has not arrived."},
		Text{"程序会从缺少的批次重新发送。", "The program will send again from the missing batch."}},
	"fork": {http.StatusConflict,
		Text{"同一批次号出现了两份不同内容，设备已暂停。", "Two different batches carry one number; the device is suspended."},
		Text{"请保留设备原样，联系司法所处理。", "Leave the device as it is and contact the office."}},

	// attachments and bundles
	"blob_offset": {http.StatusConflict,
		Text{"附件的续传位置不对。", "The attachment goes on from another place."},
		Text{"程序会从服务器已收到的位置继续发送。", "The program will go on from what the server already has."}},
	"blob_hash": {http.StatusUnprocessableEntity,
		Text{"附件内容与登记的摘要不符，没有保存。", "The attachment's content does not match its digest; it was not kept."},
		Text{"程序会重新发送；若反复出现，请在手机上重新添加附件。", "The program will send it again; if it happens again, add the attachment anew on the phone."}},
	"blob_kind": {http.StatusUnprocessableEntity,
		Text{"照片格式无法识别，或像素超过4000万。", "The photo's format is not known, or it has more than 40 million pixels."},
		Text{"请用 JPEG 或 PNG 照片重新添加。", "Add it again as a JPEG or PNG photo."}},
	"blob_quota": {http.StatusInsufficientStorage,
		Text{"这台设备的附件空间已用完。", "This device has used up its space for attachments."},
		Text{"附件仍在本机；请联系司法所处理。", "The attachments are still on this device; contact the office."}},
	"bundle_receiver": {http.StatusUnprocessableEntity,
		Text{"这个文件不是给本机的。", "This file is meant for another receiver."},
		Text{"请核对文件名和来源；换过服务器的，请重新导出。", "Check the file's name and origin; if the server was replaced, export it again."}},

	// ratings
	"rate_window": {http.StatusConflict,
		Text{"评价期限已过。", "The time for rating is over."},
		Text{"服务后30天内可评价；仍可拨打监督电话反映。", "Ratings are open for 30 days after the service; you can still call the complaint line."}},
	"rate_invalid": {http.StatusNotFound,
		Text{"评价码无效。", "The rating code is not valid."},
		Text{"请重新扫描服务单上的二维码，或拨打监督电话。", "Scan the code on the service slip again, or call the complaint line."}},
	"rate_staff_browser": {http.StatusForbidden,
		Text{"工作人员的设备不能用于评价。", "A staff device cannot be used to rate."},
		Text{"请用群众本人的手机扫码，或填写纸质评价单。", "Scan with the resident's own phone, or fill in a paper slip."}},

	"case_rated": {http.StatusForbidden,
		Text{"被评价的人不能处理这条评价。", "The person who was rated cannot handle this rating."},
		Text{"请由本所其他人员或上级处理。", "Leave it to somebody else of the office or to the county."}},
	"case_same_person": {http.StatusForbidden,
		Text{"这一步须由另一个人来做。", "This step needs a second person."},
		Text{"认定不属实或群众仍不满意的，由没有作出认定的人复核后办结。", "What was found to be without ground, or still does not satisfy, is closed by somebody who did not make the finding."}},
	"case_note": {http.StatusBadRequest,
		Text{"请写清楚查到了什么、做了什么。", "Say what was found and what was done."},
		Text{"至少10个字；只写“已沟通”不能办结。", "At least 10 characters; “spoken with” alone closes nothing."}},
	"case_answer": {http.StatusBadRequest,
		Text{"回访结果不对。", "This outcome of the call-back does not fit."},
		Text{"留了电话的须回访并记下答复；没有留电话的选“匿名”。", "Who left a number is called and the answer noted; who left none is “anonymous”."}},

	// the machine
	"disk_full": {http.StatusInsufficientStorage,
		Text{"服务器磁盘空间不足，暂时只能查看。", "The server's disk is full; reading only for now."},
		Text{"请通知管理员清理磁盘；已保存的数据不受影响。", "Tell the administrator to free space; saved data are safe."}},
	"unreadable": {http.StatusUnprocessableEntity,
		Text{"文件无法读取。", "The file cannot be read."},
		Text{"请确认文件完整、格式正确，重新复制后再试。", "Make sure the file is whole and of the right kind, copy it again and retry."}},
	Internal: {http.StatusInternalServerError,
		Text{"服务器出错，操作没有完成。", "The server had an error; nothing was done."},
		Text{"请稍后重试；若仍不成功，请把发生时间告诉管理员。", "Try again later; if it persists, tell the administrator the time it happened."}},
}

// Lookup gives the entry of a code.
func Lookup(code string) (Entry, bool) {
	entry, ok := table[code]
	return entry, ok
}

// Codes lists all codes of the table in no particular order.
func Codes() []string {
	codes := make([]string, 0, len(table))
	for code := range table {
		codes = append(codes, code)
	}
	return codes
}
