import LanguageModel

/// The phrases by which people announce decisions, tasks and open questions.
struct CuePhrases {
    let decision: [String]
    /// Enough alone to make a sentence a task.
    let action: [String]
    /// A task only together with an owner or a date.
    let weakAction: [String]
    /// What looks like a task and is talk.
    let talk: [String]
    let question: [String]
    /// An answer that leaves the question open.
    let unanswered: [String]
    /// Openings that carry nothing.
    let fillers: [String]

    init(_ language: WrittenLanguage) {
        self = language == .chinese ? Self.chinese : Self.english
    }

    private init(
        decision: [String],
        action: [String],
        weakAction: [String],
        talk: [String],
        question: [String],
        unanswered: [String],
        fillers: [String]
    ) {
        self.decision = decision
        self.action = action
        self.weakAction = weakAction
        self.talk = talk
        self.question = question
        self.unanswered = unanswered
        self.fillers = fillers
    }

    private static let chinese = CuePhrases(
        decision: [
            "决定", "定下来", "就这么定", "就这样定", "拍板", "敲定", "达成一致", "一致同意", "一致认为", "大家同意", "都同意", "同意采用", "同意按", "结论是",
            "最终方案", "最终选", "确定为", "确定用", "确定下来", "那就用", "那就按", "那就先", "批准", "通过了", "不再做", "取消这个", "改为", "统一用", "暂定",
        ],
        action: [
            "负责", "跟进", "我来", "牵头", "待办", "行动项", "交给", "我会", "我去", "我今天", "我明天", "我这边", "我下周", "麻烦你", "辛苦你", "你来", "你去",
        ],
        weakAction: [
            "需要", "请", "务必", "记得", "完成", "提交", "整理", "准备", "安排", "确认", "联系", "更新", "输出", "发给", "修复", "上线", "提供", "排查",
            "补", "写", "给",
        ],
        talk: ["我来晚", "我来介绍", "我来说", "我来讲", "我会后悔", "我去年", "不负责", "我来自", "我来问"],
        question: ["是否", "怎么办", "谁来", "什么时候", "要不要", "能不能", "有没有", "多少", "哪个", "哪些", "如何", "怎么", "为什么", "吗", "呢"],
        unanswered: [
            "不清楚", "不知道", "不确定", "再看", "再说", "再议", "待定", "还没", "没想好", "之后再", "下次", "会后", "回头", "需要确认", "要确认", "问一下",
            "问问",
        ],
        fillers: [
            "嗯，", "呃，", "那个，", "就是说，", "好的，", "好，", "对，", "对对，", "是的，", "然后，", "那么，", "嗯。", "OK，", "ok，", "行，", "哦，",
            "啊，",
        ]
    )

    private static let english = CuePhrases(
        decision: [
            "we decided", "we've decided", "decided to", "the decision is", "decision:", "we agreed", "we agree",
            "agreed to",
            "all agreed", "everyone agreed", "agreed.", "let's go with", "let us go with", "we'll go with",
            "we will go with",
            "we are going with", "we're going with", "settled on", "we settle on", "is approved", "approved.",
            "we approve",
            "the conclusion is", "final decision", "signed off", "it's settled", "we won't", "we will not",
            "we will use",
            "we'll use", "we'll keep", "we will keep", "we will stick", "we'll stick", "we postpone", "we'll drop",
        ],
        action: [
            "i'll", "i will", "action item", "i can take", "will take care of", "takes care of", "take care of",
            "follow up",
            "is responsible for", "to do:", "todo", "please send", "please prepare", "i am going to", "i'm going to",
        ],
        weakAction: [
            "will", "should", "please", "can you", "could you", "would you", "needs to", "need to", "has to", "have to",
            "must",
            "owns", "assign", "'ll",
        ],
        talk: [
            "i'll be honest", "i will be honest", "i'll say", "i will say", "i'll admit", "i'll never", "i'll show you",
            "i'll explain", "i'll start by", "i will start by", "i'll be late", "i'll go first", "i'll repeat",
            "i'm going to say", "i'll just say", "that will be", "it will be", "that'll be", "you will see",
            "you'll see",
        ],
        question: [
            "who ", "when ", "how ", "should we", "do we", "can we", "what ", "which ", "whether", "where ", "why ",
            "is there",
            "are we", "will the", "could ",
        ],
        unanswered: [
            "not sure", "don't know", "do not know", "no idea", "to be decided", "tbd", "later", "let's check",
            "find out",
            "have to check", "need to check", "next time", "unclear", "open", "ask ", "depends",
        ],
        fillers: [
            "okay,", "ok,", "um,", "uh,", "so,", "well,", "yeah,", "yes,", "right,", "and,", "alright,", "sure,",
            "great,",
        ]
    )
}
