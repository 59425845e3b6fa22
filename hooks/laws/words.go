package laws

import "strings"

// asking are words by which one asks, not of which: they only lead to articles that happen to use them.
var asking = strings.NewReplacer("怎么样", " ", "怎么办", " ", "为什么", " ", "怎么", " ", "如何", " ", "什么", " ", "是否", " ", "能不能", " ", "可不可以", " ",
	"可以", " ", "是不是", " ", "有没有", " ", "多少", " ", "哪些", " ", "哪个", " ", "请问", " ", "应该", " ", "应当", " ", "需要", " ", "的话", " ", "吗", " ", "呢", " ")

// spoken are words people use for what laws call otherwise.
var spoken = []struct{ said, law string }{
	{"老板", "用人单位"}, {"工资", "劳动报酬"}, {"辞职", "解除劳动合同"}, {"开除", "解除劳动合同"},
	{"房东", "出租人"}, {"租客", "承租人"}, {"租房", "租赁合同"}, {"老公", "夫妻"}, {"老婆", "夫妻"}, {"孩子", "子女"},
	{"欠钱", "借款"}, {"借钱", "借款"}, {"欠条", "借款"}, {"借条", "借款"}, {"打人", "殴打"}, {"遗产", "继承"},
}
