import LanguageModel

/// The phrases by which people announce decisions, tasks and open questions; lower case.
struct CuePhrases: Sendable {
    let decision: PhraseSet
    /// What looks like a decision and is talk.
    let noDecision: PhraseSet
    /// Enough, with an owner or a date, to make a sentence a task.
    let action: PhraseSet
    /// Beginnings of a promise: as much as `action` where a verb of doing follows soon.
    let promise: PhraseSet
    /// What speakers call themselves: with a verb of doing and a date as much as a promise.
    let own: PhraseSet
    /// What makes that word another, or the sentence one of thinking.
    let noOwn: PhraseSet
    /// Whether it promises nothing without a verb of doing.
    let ownNeedsVerb: Bool
    /// Beginnings that take on what was asked before.
    let accepting: [[UInt8]]
    let doing: PhraseSet
    /// How far behind a promise the verb may stand, in bytes.
    let reach: Int
    /// A task only together with an owner and a date.
    let weakAction: PhraseSet
    /// What looks like a task and is talk.
    let talk: PhraseSet
    let question: PhraseSet
    /// The fewest characters of a question worth noting.
    let shortestQuestion: Int
    /// An answer that leaves the question open.
    let unanswered: PhraseSet
    let risk: PhraseSet
    /// What looks like a risk and is none.
    let noRisk: PhraseSet

    init(_ language: WrittenLanguage) {
        self = language == .chinese ? Self.chinese : Self.english
    }

    private init(
        decision: [String],
        noDecision: [String],
        action: [String],
        promise: [String],
        own: [String],
        noOwn: [String],
        ownNeedsVerb: Bool,
        accepting: [String],
        doing: [String],
        reach: Int,
        weakAction: [String],
        talk: [String],
        question: [String],
        shortestQuestion: Int,
        unanswered: [String],
        risk: [String],
        noRisk: [String]
    ) {
        self.decision = PhraseSet(decision)
        self.noDecision = PhraseSet(noDecision)
        self.action = PhraseSet(action)
        self.promise = PhraseSet(promise)
        self.own = PhraseSet(own)
        self.noOwn = PhraseSet(noOwn)
        self.ownNeedsVerb = ownNeedsVerb
        self.accepting = accepting.map { Array($0.utf8) }
        self.doing = PhraseSet(doing)
        self.reach = reach
        self.weakAction = PhraseSet(weakAction)
        self.talk = PhraseSet(talk)
        self.question = PhraseSet(question)
        self.shortestQuestion = shortestQuestion
        self.unanswered = PhraseSet(unanswered)
        self.risk = PhraseSet(risk)
        self.noRisk = PhraseSet(noRisk)
    }

    /// Whether a sentence promises or assigns something in strong words.
    func assigns(_ text: [UInt8]) -> Bool {
        action.occurs(in: text) || promises(text)
    }

    /// Whether something is promised, or asked for as one asks for a promise.
    private func promises(_ text: [UInt8]) -> Bool {
        var rest = text[...]
        while let end = promise.end(in: rest) {
            rest = text[end...]
            if doing.occurs(in: Array(rest.prefix(reach))) { return true }
        }
        return false
    }

    /// Whether the speaker does something, in no words of promise.
    func commits(_ text: [UInt8]) -> Bool {
        var rest = text[...]
        while let end = own.end(in: rest) {
            rest = text[end...]
            guard !noOwn.occurs(in: Array(rest.prefix(9))) else { continue }
            if !ownNeedsVerb || doing.occurs(in: Array(rest.prefix(reach))) { return true }
        }
        return false
    }

    private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    private static let chinese = CuePhrases(
        decision: words(
            """
            决定 定下来 就这么定 就这样定 表决通过 定在 就定 定了， 改到 就按 就用 那就 先不 从今天起 从现在起 从下周起 改成 以后都 一律 来走 通过就 不走 停用 那今天 拍板 敲定 达成一致 一致同意 一致认为 大家同意 都同意 同意采用 同意按 结论是 最终方案 最终选 确定为 \
            确定用 确定下来 那就用 那就按 那就先 批准 通过了这个 不再做 取消这个 统一用 暂定
            """
        ),
        noDecision: words(
            "那就这样，散 那就这样。散 那就到这 先不定 我改成 我想改 我来改 想从 那就好 那就是 那就不用 先不说 那就麻烦 定在哪 定在什么 决定了我们 决定了一个 也决定 这决定 决定着 取决 决定性 决定因素 决定权 没有决定 没决定 谁决定 怎么决定 如何决定 再决定"
        ),
        action: words("负责 跟进 牵头 待办 行动项 交给"),
        promise: words("我来 我会 我去 我这边 我今天 我明天 我今晚 我下周 我周 我本周 我先 我把 你来 你去 麻烦你 辛苦你"),
        own: ["我"],
        noOwn: words("们 觉得 想 看 记得 担心 听 以为 知道 不 没 刚 已经 昨 上周 上次 之前说 就怕 在 是 有 说"),
        ownNeedsVerb: true,
        accepting: ["好，", "好的，", "行，", "明白，", "收到，", "没问题，", "可以，", "嗯，"],
        doing: words(
            """
            问 领 跑 排 开 拍 审 算 发版 回你 回复 放到 放上 报给 打电话 带 送 找 传 贴 交 签 换 装 导出 买 约 收集 搭 \
            完成 提交 整理 准备 安排 确认 联系 更新 输出 发 修 上线 提供 排查 补 写 给 做 改 查 测 推 约 同步 处理 沟通 落实 汇总 拉 建 订 \
            申请 对接 协调 跟 部署 迁移 评审 通知 出方案 出一
            """
        ),
        reach: 45,
        weakAction: words("需要 请 务必 记得 完成 提交 整理 准备 安排 确认 联系 更新 输出 发给 修复 上线 提供 排查 补"),
        talk: words("我来晚 我来介绍 我来说 我来讲 我会后悔 我去年 不负责 我来自 我来问 请看 请教 请问 邀请 请坐 我先说 我先介绍 我先讲 我先问 我先来 做完了 汇报 讲一下 说两句 说一下 分享"),
        question: words("是否 怎么办 谁来 什么时候 要不要 能不能 有没有 多少 哪个 哪些 如何 怎么 为什么 吗 呢"),
        shortestQuestion: 8,
        unanswered: words(
            "不清楚 不知道 不确定 再看 再说 再议 待定 还没 没想好 之后再 下次 会后 回头 说不准 说不好 不好说 先不定 还没问 没有答案 没定 看过才知道 得问 要问 要看 需要确认 要确认 问一下 问问"
        ),
        risk: words(
            "风险 担心 隐患 来不及 赶不上 可能延期 会延期 要延期 卡住 卡在 瓶颈 阻塞 超预算 顾虑 不够用 人手不足 人手不够 资源不足 怕是 出问题 单点 拿不到 对不上 往后拖 不稳定 白写 修不好 压在 撑不住 断供 有点悬 要小心 不够 不达标 超期"
        ),
        noRisk: words("有没有卡 够不够 没有风险 没风险 不担心 不用担心 别担心 不怕 风险不大 没有瓶颈 没有隐患")
    )

    private static let english = CuePhrases(
        decision: [
            "then we ", "then it's ", "so it's ", "from now on", "next meeting is on", "that's everyone", "let's do it",
            "agreed, we ", "we keep ",
            "we stay with", "all in favour", "no objections", "starts on", "we decided", "we've decided",
            "we have decided", "decided to", "the decision is", "decision:", "we agreed",
            "we agree to", "agreed to", "agreed on", "all agreed", "everyone agreed", "let's go with", "we'll go with",
            "we will go with", "we are going with", "we're going with", "settled on", "is approved", "we approve",
            "the conclusion is", "final decision", "signed off", "it's settled", "we will use", "we'll use",
            "we postpone",
            "we'll drop", "we will drop",
        ],
        noDecision: ["not decided", "haven't decided", "have you decided", "decided to ask", "yet to be decided"],
        action: [
            "action item", "i can take", "take care of", "takes care of", "follow up on", "is responsible for",
            "to do:",
            "please send", "please prepare", "please write", "please check",
        ],
        promise: ["i'll ", "i will ", "i am going to ", "i'm going to ", "i can ", "we'll ", "we will "],
        own: ["i'll ", "i will "],
        noOwn: ["be ", "say ", "never ", "explain", "see ", "know ", "just say", "admit", "not "],
        ownNeedsVerb: false,
        accepting: ["sure,", "okay,", "ok,", "yes,", "will do", "no problem", "fine,", "sure."],
        doing: ["do ", "get ", "set ", "add ", "put ", "have "]
            + words(
                "send write prepare check create update follow review fix finish schedule organis organiz contact call "
                    + "email look find draft share book test deploy bring provide report investigate upload order "
                    + "complete ask move tell run remind print pay sign reply chase complete handle coordinate arrange sync document collect implement design build circulate invite clean "
                    + "migrate ship deliver file submit summari"
            ),
        reach: 24,
        weakAction: [
            "will ", "should ", "please ", "can you", "could you", "would you", "needs to", "need to", "has to",
            "have to",
            "must ", "owns ", "assign", "'ll ",
        ],
        talk: [
            "i'll be honest", "i will be honest", "i'll say", "i will say", "i'll admit", "i'll never", "i'll show you",
            "i'll explain", "i'll talk", "i'll start by", "i will start by", "i'll be late", "i'll go first",
            "i'll repeat",
            "do my best",
            "i'm going to say", "i'll just say", "that will be", "it will be", "that'll be", "you will see",
            "you'll see",
            "i will have to say", "i'll have to say", "will be able to", "we will do everything", "i'll get to that",
        ],
        question: [
            "who ", "when ", "how ", "should we", "do we", "can we", "what ", "which ", "whether", "where ", "why ",
            "is there", "are we", "will the", "could ",
        ],
        shortestQuestion: 20,
        unanswered: [
            "not sure", "don't know", "do not know", "no idea", "to be decided", "tbd", "later", "let's check",
            "find out",
            "couldn't say", "can't say", "come back to that", "i'd have to", "we'll see", "have to check",
            "need to check", "next time", "unclear", "still open", "depends",
        ],
        risk: [
            "risk", "worried", "worry", "my concern", "concerned", "might not make", "may not make", "won't make it",
            "blocked", "blocker", "bottleneck", "may slip", "might slip", "will slip", "could slip", "short of",
            "understaffed", "over budget", "run out of", "running out of", "single point of failure", "not enough time",
            "we lose ", "could lose", "can stop ", "don't support", "if it fails", "could fail", "might fail",
            "fall behind", "too late", "won't work",
        ],
        noRisk: [
            "if you're blocked", "anyone blocked", "no risk", "not worried", "don't worry", "no worries",
            "not concerned", "not a concern", "risk-free",
        ]
    )
}
