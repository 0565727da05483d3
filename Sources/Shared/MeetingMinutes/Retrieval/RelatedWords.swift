/// Words of business talk that ask for the same: a question says `price` where the meeting said `cost`.
///
/// Found words weigh far more than these, which only bring in what would not be found at all.
enum RelatedWords {
    /// How much a related word counts against one that was asked for.
    static let weight: Float = 0.3

    /// The groups of English words, by stem.
    static let english: [String: [String]] = {
        var related: [String: [String]] = [:]
        for group in englishGroups {
            let stems = group.split(separator: " ").map { SearchStem.of(String($0)) }
            for stem in stems { related[stem, default: []] += stems.filter { $0 != stem } }
        }
        return related
    }()

    /// What a Chinese question asks for in other words, as they stand in it.
    static func chinese(in question: String) -> [String] {
        chineseGroups.flatMap { group in
            group.contains(where: question.contains) ? group.filter { !question.contains($0) } : []
        }
    }

    private static let englishGroups = [
        "cost price budget money financial finance quotation expensive cheap",
        "appearance look shape style",
        "problem issue trouble difficulty",
        "recording tape",
        "progress status",
        "future next",
        "screen display",
        "staff people employee",
        "customer client user",
        "schedule calendar date deadline",
        "equipment device",
        "collect gather",
        "requirement need require",
        "release launch ship",
        "bug defect error fault",
        "contract agreement",
        "hire recruit candidate",
        "delay late postpone",
    ]

    private static let chineseGroups = [
        ["价格", "成本", "费用", "报价", "预算", "多少钱"],
        ["外观", "样子", "造型"],
        ["问题", "故障", "困难", "麻烦"],
        ["进度", "进展", "状态"],
        ["客户", "用户", "甲方"],
        ["上线", "发布", "交付"],
        ["延期", "推迟", "延迟", "晚"],
        ["招聘", "候选人", "招人"],
        ["合同", "协议"],
        ["截止", "期限", "什么时候"],
    ]
}
