// Texts of photos and voice notes.
export const zh = {
  'files.add_photo': '拍照或选图', 'files.all': '附件', 'files.audio': '录音', 'files.bytes': '{kb} KB', 'files.explain': '都不是必须的。照片会缩小，并去掉拍摄地点等信息；加密存在本机，记录先发、附件后发。', 'files.failed': '没有加上，请重试。', 'files.full': '手机空间不足，附件没有保存；文字记录不受影响。',
  'files.here': '已送达', 'files.kept': '附件已保存', 'files.none': '还没有附件。', 'files.original': '保留原图（更大，含拍摄信息）', 'files.other': '文件', 'files.pause': '暂停上传', 'files.paused': '已暂停上传', 'files.photo': '照片', 'files.record': '录一段话', 'files.recording': '正在录音，最长 3 分钟',
  'files.refused': '服务器没有接收', 'files.resume': '继续上传', 'files.scan': '扫描件', 'files.signature': '签名', 'files.stop': '停止并保存', 'files.too_big': '超过 20 MB，没有保存。', 'files.voice_no': '没有麦克风权限，或此浏览器不能录音。', 'files.waiting': '等待上传', 'files.why_not.mobile': '正在用流量，等 Wi-Fi 再传', 'files.why_not.paused': '已暂停',
  'files.wifi': '只在 Wi-Fi 下上传附件', 'files.wifi_unknown': '此浏览器不告诉网络类型，“只在 Wi-Fi”不起作用；可用“暂停上传”。', 'files.progress': '{done} / {size} KB',
};

export const en = {
  'files.add_photo': 'Take or choose a photo', 'files.all': 'Attachments', 'files.audio': 'Voice note', 'files.bytes': '{kb} KB', 'files.explain': 'None is needed. Photos are made small and lose place and device; they are kept encrypted here and go after the record.', 'files.failed': 'It was not added, please try again.', 'files.full': 'This phone is full: the attachment was not kept. Text is still saved.',
  'files.here': 'Arrived', 'files.kept': 'Attachment kept', 'files.none': 'No attachment yet.', 'files.original': 'Keep the original (larger, with what the camera wrote)', 'files.other': 'File', 'files.pause': 'Pause uploads', 'files.paused': 'Uploads are paused', 'files.photo': 'Photo', 'files.record': 'Record a voice note', 'files.recording': 'Recording, at most 3 minutes',
  'files.refused': 'The server did not take it', 'files.resume': 'Go on uploading', 'files.scan': 'Scan', 'files.signature': 'Signature', 'files.stop': 'Stop and keep', 'files.too_big': 'More than 20 MB, not kept.', 'files.voice_no': 'No permission for the microphone, or this browser cannot record.', 'files.waiting': 'Waiting', 'files.why_not.mobile': 'On mobile data; waiting for Wi-Fi', 'files.why_not.paused': 'Paused',
  'files.wifi': 'Upload attachments on Wi-Fi only', 'files.wifi_unknown': 'This browser does not tell the kind of network, so Wi-Fi only has no effect; use pause.', 'files.progress': '{done} / {size} KB',
};
