package import Cryptography

/// One self-built app of the Feishu console, with the credentials that belong to it.
package struct FeishuApp: Sendable, Equatable {
    /// The app's identifier, such as `cli_` and 16 hexadecimal digits.
    package let appID: String
    /// Buys tenant access tokens.
    package let appSecret: Secret
    /// The Encrypt Key of the event subscription: encrypts and signs what is delivered. Nil where none is set.
    package let encryptKey: Secret?
    /// The Verification Token of the event subscription. Nil where it is not to be checked.
    package let verificationToken: Secret?

    /// A key or token that is empty counts as not set.
    package init(appID: String, appSecret: Secret, encryptKey: Secret? = nil, verificationToken: Secret? = nil) {
        self.appID = appID
        self.appSecret = appSecret
        self.encryptKey = encryptKey.flatMap { $0.isEmpty ? nil : $0 }
        self.verificationToken = verificationToken.flatMap { $0.isEmpty ? nil : $0 }
    }
}
