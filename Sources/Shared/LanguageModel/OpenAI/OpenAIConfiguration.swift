package import Cryptography

/// Where an OpenAI-compatible endpoint is, and how patient we are with it.
package struct OpenAIConfiguration: Sendable {
    /// How long each wait may last. The total bounds the whole answer, tries and pauses before the first word included.
    package struct Deadlines: Sendable, Equatable {
        package var connect: Duration
        /// From a try's start to its first word.
        package var firstToken: Duration
        /// Between two words. Comments that a server sends to keep the line open do not count as one.
        package var betweenTokens: Duration
        package var total: Duration

        package init(
            connect: Duration = .seconds(10),
            firstToken: Duration = .seconds(60),
            betweenTokens: Duration = .seconds(30),
            total: Duration = .seconds(600)
        ) {
            self.connect = connect
            self.firstToken = firstToken
            self.betweenTokens = betweenTokens
            self.total = total
        }
    }

    /// Tries before the first word.
    package struct Retries: Sendable, Equatable {
        /// The first included.
        package var maximumTries: Int
        /// The pause before the second try is random between 0 and this; each further one doubles it.
        package var base: Duration
        package var cap: Duration
        /// A longer wait asked for by the vendor is not waited out here: the error carries it to the caller.
        package var longestWait: Duration

        package init(
            maximumTries: Int = 3,
            base: Duration = .seconds(1),
            cap: Duration = .seconds(20),
            longestWait: Duration = .seconds(20)
        ) {
            self.maximumTries = maximumTries
            self.base = base
            self.cap = cap
            self.longestWait = longestWait
        }
    }

    /// OpenAI's newer models refuse the older name; other vendors know only that.
    package enum TokenLimitField: String, Sendable {
        case maxTokens = "max_tokens"
        case maxCompletionTokens = "max_completion_tokens"
    }

    /// `https://host/v1`; `/chat/completions` is appended unless it is there.
    package var baseURL: String
    /// Nil or empty for servers without keys.
    package var apiKey: Secret?
    package var model: String
    /// What the model is called here, such as in answers, prices and `/model`.
    package var name: String
    package var readsImages: Bool
    /// Under which name the bound on tokens is sent.
    package var tokenLimitField: TokenLimitField
    package var deadlines: Deadlines
    package var retries: Retries
    /// Upper bound of one answer's text, in bytes of UTF-8.
    package var maximumAnswerBytes: Int
    /// Upper bound of one HTTP response, in bytes; a stream spends some 300 bytes a token.
    package var maximumResponseBytes: Int

    /// `name` is the model's own where nil.
    package init(
        baseURL: String,
        apiKey: Secret?,
        model: String,
        name: String? = nil,
        readsImages: Bool = false,
        tokenLimitField: TokenLimitField = .maxTokens,
        deadlines: Deadlines = .init(),
        retries: Retries = .init(),
        maximumAnswerBytes: Int = 1 << 20,
        maximumResponseBytes: Int = 32 << 20
    ) {
        self.baseURL = baseURL
        self.apiKey = apiKey
        self.model = model
        self.name = name ?? model
        self.readsImages = readsImages
        self.tokenLimitField = tokenLimitField
        self.deadlines = deadlines
        self.retries = retries
        self.maximumAnswerBytes = maximumAnswerBytes
        self.maximumResponseBytes = maximumResponseBytes
    }

    /// The address requests go to.
    var endpoint: String {
        var url = baseURL[...]
        while url.hasSuffix("/") { url.removeLast() }
        return url.hasSuffix("/chat/completions") ? String(url) : url + "/chat/completions"
    }
}
