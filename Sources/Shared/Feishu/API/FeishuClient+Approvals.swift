import JSON

extension FeishuClient {
    /// Asks Feishu to tell of approvals with this code: without it no event comes, whatever the console says
    /// (`POST /approval/v4/approvals/:approval_code/subscribe`). Once is enough; a repetition (1390007) is fine. Needs the
    /// permission `approval:approval` or `approval:approval:readonly`.
    ///
    /// - Throws: `FeishuError`.
    package func subscribe(toApproval code: String) async throws(FeishuError) {
        let request = FeishuRequest("POST", "approval", "v4", "approvals", .id(code), "subscribe", body: [:])
        do throws(FeishuError) {
            _ = try await call(request)
        } catch {
            guard error.code == 1_390_007 else { throw error }
        }
    }
}
