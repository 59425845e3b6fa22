package board

import "cunju/hooks/fault"

// messages holds every text of the public page, Chinese first.
var messages = map[string]fault.Text{
	"site":           {Zh: "村居法律服务公示", En: "Village legal service"},
	"language":       {Zh: "English", En: "中文"},
	"title":          {Zh: "的法律顾问", En: ": your village counsel"},
	"counsel":        {Zh: "法律顾问", En: "Village counsel"},
	"name":           {Zh: "姓名", En: "Name"},
	"phone":          {Zh: "电话", En: "Phone"},
	"firm":           {Zh: "执业机构", En: "Institution"},
	"licence":        {Zh: "执业证号", En: "Licence"},
	"nobody":         {Zh: "现在没有安排法律顾问，请到司法所或拨打 12348。", En: "No counsel is assigned now. Please go to the justice office or call 12348."},
	"duty":           {Zh: "值班时间", En: "Duty times"},
	"duty.none":      {Zh: "请打电话约", En: "By appointment"},
	"lecture":        {Zh: "下次讲座", En: "Next lecture"},
	"services":       {Zh: "今年的服务", En: "Services in"},
	"kind":           {Zh: "种类", En: "Kind"},
	"number":         {Zh: "件数", En: "Number"},
	"others":         {Zh: "其他", En: "Others"},
	"all":            {Zh: "合计", En: "All"},
	"few":            {Zh: "今年的服务不足5件，暂不公布。", En: "Fewer than 5 services this year: not published yet."},
	"ratings":        {Zh: "群众评价", En: "What residents say"},
	"rated":          {Zh: "评价件数", En: "Ratings"},
	"good_rate":      {Zh: "好评率", En: "Satisfied"},
	"rated_rate":     {Zh: "评价率", En: "Services rated"},
	"settled_rate":   {Zh: "差评整改率", En: "Complaints settled"},
	"call_back_rate": {Zh: "回访率", En: "Called back"},
	"hidden":         {Zh: "评价不足30件，暂不公布。", En: "Fewer than 30 ratings: not published yet."},
	"none":           {Zh: "无", En: "none"},
	"complain":       {Zh: "不满意，找谁说", En: "Not satisfied?"},
	"promise":        {Zh: "服务不收费。扫码不会问您身份证号、密码和验证码。", En: "The service is free. This page never asks for your ID number, a password or a code."},
	"asof":           {Zh: "截至", En: "As of"},
	"gone.title":     {Zh: "没有找到这个村", En: "No such village"},
	"gone.text":      {Zh: "地址可能抄错了，或者这张牌不是我们挂的。可以到司法所问，或拨打 12348。", En: "The address may be mistyped, or this plate is not ours. Ask the justice office or call 12348."},
}

func say(lang, key string) string { return messages[key].In(lang) }
