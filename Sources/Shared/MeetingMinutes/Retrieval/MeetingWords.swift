/// Words by which a question is one about a meeting, in lower case.
enum MeetingWords {
    /// By which it asks for lines of minutes of a kind.
    static let kinds: [MinutesSection.Kind: [String]] = [
        .summary: [
            "总结", "概括", "摘要", "要点", "讲了什么", "讨论了什么", "聊了什么", "说了些什么", "主要内容", "summary", "summarise", "summarize",
            "recap",
            "overview", "main point", "key point", "in short", "what was discussed", "what did we discuss",
        ],
        .topic: ["议题", "话题", "topic", "agenda"],
        .decision: [
            "决定", "决议", "结论", "定了什么", "定了哪些", "定下", "敲定", "拍板", "decide", "decision", "agree", "conclusion", "conclude",
        ],
        .action: [
            "待办", "任务", "行动项", "谁负责", "谁来负责", "负责什么", "谁来做", "谁要做", "要做什么", "要做哪些", "分工", "跟进什么", "action item",
            "to do", "todo", "task", "who has to", "have to do", "need to do", "who does what", "who is doing",
            "responsible",
            "assigned", "next step", "deadline",
        ],
        .question: ["未决", "没定", "没有定", "遗留", "待定", "没解决", "open question", "unresolved", "left open", "still open"],
        .risk: ["风险", "隐患", "risk"],
        .number: ["哪些数字", "什么数字", "which figures", "what figures", "which numbers", "what numbers"],
    ]

    /// By which it speaks of a meeting.
    static let chinese = [
        "会议", "会上", "会里", "开会", "开的会", "这个会", "那个会", "这次会", "上次会", "纪要", "周会", "例会", "晨会", "早会", "站会", "评审会",
        "复盘会", "刚才", "刚刚", "待办", "行动项", "谁负责", "谁来负责", "谁来做", "谁要做", "决定了", "定了什么", "定了哪些", "怎么定的", "谁说", "谁提",
        "讨论了什么", "聊了什么",
    ]

    /// All that ask in Chinese, the longer before what they contain.
    static let allChinese = (chinese + kinds.values.flatMap(\.self).filter { !$0.utf8.allSatisfy { $0 < 0x80 } })
        .sorted { ($0.count, $0) > ($1.count, $1) }

    static let english = [
        "said about", "was said", "who said", "who mentioned", "did we decide", "did we agree", "was decided",
        "was agreed",
        "have we decided", "we decided", "action item", "who has to", "who does what", "who is responsible",
    ]

    /// What has such a word in it and is none.
    static let notMeant = ["会议室", "会议链接", "会议邀请", "刚才你", "刚才您", "刚刚你", "刚刚您"]

    /// Before `minutes`, what makes them a time.
    static let counts: Set = [
        "a", "few", "several", "some", "many", "of", "two", "three", "four", "five", "ten", "fifteen", "twenty",
        "thirty",
        "forty", "sixty", "ninety", "more", "last", "next",
    ]
}
