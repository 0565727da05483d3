/// The templates that come with the assistant.
extension MinutesTemplate {
    /// For any meeting.
    package static let standard = MinutesTemplate(
        name: "standard",
        title: BilingualText("标准", "Standard"),
        aliases: ["通用", "普通", "meeting", "general"],
        sections: [
            Section(.summary, [Part(.summary)]),
            Section(.topics, [Part(.topic)]),
            Section(.decisions, [Part(.decision)], otherwise: .noDecisions),
            Section(.actions, [Part(.action)], otherwise: .noActions),
            Section(.questions, [Part(.question)]),
            Section(.risks, [Part(.risk)]),
            Section(.figures, [Part(.number)]),
        ]
    )

    /// Person by person: done, next, blocked.
    package static let standUp = MinutesTemplate(
        name: "stand-up",
        title: BilingualText("站会", "Stand-up"),
        aliases: ["每日站会", "晨会", "早会", "日会", "daily", "daily scrum", "scrum", "daily stand-up"],
        sections: [
            Section(.summary, [Part(.summary)]),
            Section(
                BilingualText("各人进展", "By person"),
                [
                    Part(.topic, BilingualText("进展", "Done")), Part(.action, BilingualText("接下来", "Next")),
                    Part(.risk, BilingualText("受阻", "Blocked")),
                ],
                isByPerson: true
            ),
            Section(.decisions, [Part(.decision)]),
            Section(.questions, [Part(.question)]),
            Section(.figures, [Part(.number)]),
        ],
        topicForm: .people,
        factGuidance: """
            It is a stand-up. topic: what one person has done since the last one, citing only that person's turns. action: \
            what a person does next, who is the owner. risk: what blocks or delays a person.
            """,
        summaryGuidance: "It is a stand-up: say first what is blocked or late, then what is done.",
        mostLines: 30
    )

    /// What a customer needs and objects to, and what was promised.
    package static let customerCall = MinutesTemplate(
        name: "customer-call",
        title: BilingualText("客户拜访", "Customer call"),
        aliases: ["客户", "客户沟通", "客户会议", "客户访谈", "拜访", "销售", "customer", "customer visit", "sales call", "sales"],
        sections: [
            Section(.summary, [Part(.summary)]),
            Section(BilingualText("客户需求", "Needs"), [Part(.topic)]),
            Section(BilingualText("顾虑与异议", "Objections"), [Part(.risk)]),
            Section(BilingualText("承诺与约定", "Commitments"), [Part(.decision)], otherwise: .noCommitments),
            Section(BilingualText("下一步", "Next steps"), [Part(.action)], otherwise: .noActions),
            Section(.questions, [Part(.question)]),
            Section(.figures, [Part(.number)]),
        ],
        factGuidance: """
            It is a call with a customer. topic: what the customer needs or asks for, and what was said of it. risk: an \
            objection or worry of the customer. decision: what either side committed to. number: a price, a quantity, a term.
            """,
        summaryGuidance:
            "It is a call with a customer: say what they need, what holds them back, and what was promised."
    )

    /// Questions with their answers, and what was thought of them.
    package static let interview = MinutesTemplate(
        name: "interview",
        title: BilingualText("访谈", "Interview"),
        aliases: ["面试", "采访", "用户访谈", "user interview", "job interview"],
        sections: [
            Section(.summary, [Part(.summary)]),
            Section(BilingualText("问答", "Questions and answers"), [Part(.topic)]),
            Section(
                BilingualText("印象与结论", "Impressions"),
                [Part(.decision), Part(.risk, BilingualText("顾虑", "Concern"))]
            ),
            Section(.questions, [Part(.question)]),
            Section(BilingualText("后续", "Next steps"), [Part(.action)]),
            Section(.figures, [Part(.number)]),
        ],
        topicForm: .answers,
        factGuidance: """
            It is an interview. topic: one question and what was answered, as "question - answer". decision: a judgement or an \
            outcome that somebody states. risk: a concern that somebody states. question: one that nobody answered.
            """,
        summaryGuidance: "It is an interview: say what the answers come to, and what was thought of them."
    )

    /// What was taught, in its order.
    package static let lecture = MinutesTemplate(
        name: "lecture",
        title: BilingualText("讲座", "Lecture"),
        aliases: ["课程", "课堂", "上课", "培训", "分享会", "class", "course", "training", "talk", "seminar"],
        people: BilingualText("讲者与参与者", "Speakers"),
        sections: [
            Section(.summary, [Part(.summary)]),
            Section(BilingualText("提纲", "Outline"), [Part(.topic)]),
            Section(
                BilingualText("要点", "Key points"),
                [
                    Part(.decision), Part(.number, BilingualText("数字", "Figure")),
                    Part(.risk, BilingualText("注意", "Mind")),
                ]
            ),
            Section(BilingualText("提问", "Questions"), [Part(.question)]),
            // Nobody expects any, so nothing is said where there are none.
            Section(BilingualText("作业与安排", "To do"), [Part(.action)]),
        ],
        factGuidance: """
            It is a lecture. topic: what is explained, as a line of an outline. decision: a point to remember: a definition, a \
            rule, a result. risk: a common mistake. question: what the audience asks. action: only homework that is given.
            """,
        summaryGuidance: "It is a lecture: say what it teaches, in its order."
    )

    /// Who was there, what was resolved and who voted how.
    package static let board = MinutesTemplate(
        name: "board",
        title: BilingualText("董事会", "Board"),
        aliases: ["董事会会议", "股东会", "理事会", "board meeting", "committee"],
        people: BilingualText("出席", "Attendance"),
        sections: [
            Section(.summary, [Part(.summary)]),
            Section(
                BilingualText("决议", "Resolutions"),
                [Part(.decision)],
                otherwise: BilingualText("记录中没有明确的决议。", "The transcript announces no resolution.")
            ),
            Section(.actions, [Part(.action)], otherwise: .noActions),
            Section(BilingualText("议程", "Agenda"), [Part(.topic)]),
            Section(BilingualText("质询与未决事项", "Open matters"), [Part(.question)]),
            Section(.risks, [Part(.risk)]),
            Section(.figures, [Part(.number)]),
        ],
        factGuidance: """
            It is a meeting of a board. decision: a resolution in full, with who moved it and who voted for, against or abstained, \
            as far as that is said; cite the vote. topic: an item of the agenda.
            """,
        summaryGuidance: "It is a meeting of a board: say first what was resolved."
    )

    /// All of them, the one for any meeting first.
    package static let builtIn = [standard, standUp, customerCall, interview, lecture, board]
}

/// What several of them say.
extension BilingualText {
    static let summary = BilingualText("摘要", "Summary")
    static let topics = BilingualText("议题", "Topics")
    static let decisions = BilingualText("决定", "Decisions")
    static let actions = BilingualText("待办", "Action items")
    static let questions = BilingualText("未决问题", "Open questions")
    static let risks = BilingualText("风险", "Risks")
    static let figures = BilingualText("数字", "Figures")
    static let noDecisions = BilingualText("记录中没有明确的决定。", "The transcript announces no decision.")
    static let noCommitments = BilingualText("记录中没有明确的承诺。", "The transcript states no commitment.")
    static let noActions = BilingualText("记录中没有明确的待办。", "The transcript assigns no task.")
}
