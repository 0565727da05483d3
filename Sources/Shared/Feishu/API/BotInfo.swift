import JSON

/// The bot as Feishu knows it.
package struct BotInfo: Sendable, Equatable {
    /// What mentions of the bot carry.
    package let openID: String
    package let name: String?
    /// 2 is active (`activate_status` of the bot information).
    package let activationStatus: Int64?
}

extension FeishuClient {
    /// Asks who this app's bot is (`GET /bot/v3/info`).
    package func botInfo() async throws(FeishuError) -> BotInfo {
        let bot = try await call(FeishuRequest("GET", "bot", "v3", "info"))["bot"]
        guard let openID = bot?["open_id"]?.nonEmpty else {
            throw FeishuError(kind: .badResponse, message: "bot information without an open id")
        }
        return BotInfo(
            openID: openID,
            name: bot?["app_name"]?.nonEmpty,
            activationStatus: bot?["activate_status"]?.lenientInteger
        )
    }
}
