/// What the demonstration says in the terminal, in one language.
struct DemonstrationWords: Sendable {
    let isChinese: Bool
    let started: @Sendable (_ url: String) -> String
    let waiting: @Sendable (_ eventURL: String) -> String
    let verified: @Sendable (_ seconds: String) -> String
    let sends: @Sendable (_ person: String, _ bot: String, _ lines: Int) -> String
    let answered: @Sendable (_ status: Int, _ milliseconds: Int64, _ isEncrypted: Bool) -> String
    let unanswered: @Sendable (_ reason: String) -> String
    let replied: @Sendable (_ seconds: String) -> String
    let invitation: @Sendable (_ url: String) -> String
    let noGateway: String
    let noChallenge: String
    let noReply: String

    static let chinese = DemonstrationWords(
        isChinese: true,
        started: { "飞书沙盒已启动：\($0)" },
        waiting: { "等待网关应答验证请求：\($0)" },
        verified: { "✔ 网关已通过 url_verification（\($0)）" },
        sends: { "\($0) → \($1)：一份会议记录（\($2) 行）" },
        answered: { status, milliseconds, isEncrypted in
            "\(status == 200 ? "✔" : "✘") 事件已\(isEncrypted ? "加密、签名后" : "")投递，网关 \(milliseconds) 毫秒后应答 \(status)"
        },
        unanswered: { "✘ 网关没有应答（\($0)），稍后重投" },
        replied: { "✔ 机器人 \($0) 后回复：" },
        invitation: { "在浏览器里继续聊：\($0)" },
        noGateway: "没有配置网关地址（--gateway-url）",
        noChallenge: "网关没有在规定时间内应答验证请求",
        noReply: "机器人没有在规定时间内回复"
    )

    static let english = DemonstrationWords(
        isChinese: false,
        started: { "Feishu sandbox listening: \($0)" },
        waiting: { "waiting for the gateway to answer the challenge: \($0)" },
        verified: { "✔ gateway passed url_verification (\($0))" },
        sends: { "\($0) → \($1): a meeting transcript (\($2) lines)" },
        answered: { status, milliseconds, isEncrypted in
            "\(status == 200 ? "✔" : "✘") event delivered\(isEncrypted ? ", encrypted and signed" : ""); "
                + "the gateway answered \(status) after \(milliseconds) ms"
        },
        unanswered: { "✘ no answer from the gateway (\($0)); it will be delivered again" },
        replied: { "✔ the bot replied after \($0):" },
        invitation: { "go on in the browser: \($0)" },
        noGateway: "no gateway configured (--gateway-url)",
        noChallenge: "the gateway did not answer the challenge in time",
        noReply: "the bot did not reply in time"
    )
}
