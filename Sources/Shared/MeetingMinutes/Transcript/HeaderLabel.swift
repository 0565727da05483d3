/// What a line such as `参会人：…` is about.
enum HeaderLabel: Sendable {
    case title, date, keywords, attendees
    /// Names a person by a task, and may be how the transcript calls a speaker.
    case role
    case other

    /// Of what stands before the colon; nil for all else.
    init?(_ name: String) {
        guard let label = Self.labels[name.lowercased()] else { return nil }
        self = label
    }

    private static let labels: [String: HeaderLabel] = {
        let names: [(HeaderLabel, String)] = [
            (.title, "主题 会议主题 会议名称 标题 会议 title subject meeting topic"),
            (.date, "时间 会议时间 日期 会议日期 date time"),
            (.keywords, "关键词 关键字 keywords"),
            (.attendees, "参会人 参会人员 与会人 与会人员 与会者 参会者 出席 出席人员 参加人员 attendees participants present"),
            (.role, "主持人 记录人"),
            (
                .other,
                """
                地点 会议地点 议程 议题 备注 注 注意 抄送 链接 附件 背景 时长 文字记录 会议记录 place location agenda note notes todo \
                ps re cc to from link http https duration transcript
                """
            ),
        ]
        var labels: [String: HeaderLabel] = [:]
        for (label, list) in names { for name in list.split(separator: " ") { labels[String(name)] = label } }
        return labels
    }()
}
