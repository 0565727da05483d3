package import JSON

/// What a fake model says to one request, how fast, and what goes wrong on the way.
package struct FakeModelAnswer: Sendable {
    /// What a vendor's server does instead of answering well.
    package enum Fault: Sendable, Equatable {
        /// 429 before anything else.
        case rateLimited(retryAfterSeconds: Int?)
        /// Another error status before anything else, with OpenAI's error object.
        case status(Int, code: String)
        /// The connection is closed in the middle.
        case cut(afterTokens: Int)
        /// Nothing more comes, and the connection stays open; after 0 tokens not even the head of the response.
        case silence(afterTokens: Int)
        /// What comes in the middle is no JSON.
        case garbage(afterTokens: Int)
        /// It never stops; the tokens are said over and over.
        case endless
        /// An error object in the stream.
        case errorInStream(afterTokens: Int)
        /// The vendor's filter cuts the answer (`content_filter`) after so many tokens.
        case refusal(afterTokens: Int)
        /// The bound on tokens cuts the answer (`length`) after so many.
        case length(afterTokens: Int)
    }

    /// One call of a tool.
    package struct Call: Sendable {
        package var id: String
        package var name: String
        /// Any text; what is no JSON object is a fault, too.
        package var arguments: String

        package init(id: String, name: String, arguments: String) {
            self.id = id
            self.name = name
            self.arguments = arguments
        }
    }

    /// One chunk of the stream each.
    package var tokens: [String]
    /// Follow the tokens, each cut into fragments of a few characters, all by turns.
    package var calls: [Call] = []
    /// Before the first token.
    package var firstAfter: Duration = .zero
    /// Between two tokens; zero sends them as fast as they are taken.
    package var pace: Duration = .zero
    package var fault: Fault?
    /// Tokens that the prompt is said to have had; nil leaves usage out.
    package var promptTokens: Int? = 10

    package init(
        tokens: [String],
        calls: [Call] = [],
        firstAfter: Duration = .zero,
        pace: Duration = .zero,
        fault: Fault? = nil
    ) {
        self.tokens = tokens
        self.calls = calls
        self.firstAfter = firstAfter
        self.pace = pace
        self.fault = fault
    }

    /// A text, cut behind its blanks and after every second character of other scripts.
    package static func text(_ text: String, pace: Duration = .zero, fault: Fault? = nil) -> FakeModelAnswer {
        var tokens: [String] = []
        var piece = ""
        for character in text {
            piece.append(character)
            if character.isWhitespace || piece.utf8.count > 5 {
                tokens.append(piece)
                piece = ""
            }
        }
        if !piece.isEmpty { tokens.append(piece) }
        return FakeModelAnswer(tokens: tokens, pace: pace, fault: fault)
    }

    /// An answer that takes so long at this many tokens a second.
    package static func lasting(_ duration: Duration, tokensPerSecond: Double) -> FakeModelAnswer {
        let count = max(1, Int(duration / .seconds(1) * tokensPerSecond))
        let words = ["这是", "一个", "缓慢的", "回答", "。", "It ", "goes ", "on ", "and ", "on. "]
        return FakeModelAnswer(
            tokens: (0..<count).map { words[$0 % words.count] },
            pace: .seconds(1 / tokensPerSecond)
        )
    }

    package static func calling(_ calls: Call...) -> FakeModelAnswer { FakeModelAnswer(tokens: [], calls: calls) }

    package static func failing(_ fault: Fault) -> FakeModelAnswer {
        FakeModelAnswer(tokens: ["This ", "is ", "all ", "there ", "is."], fault: fault)
    }
}

/// What a fake model was asked.
package struct FakeModelRequest: Sendable {
    /// Counts the requests of the server, from 0.
    package let number: Int
    /// The body, `null` where it is no JSON.
    package let body: JSONValue
    /// The value of `Authorization`.
    package let authorization: String?

    package init(number: Int, body: JSONValue, authorization: String? = nil) {
        self.number = number
        self.body = body
        self.authorization = authorization
    }

    package var model: String { body["model"]?.string ?? "" }
    package var isStream: Bool { body["stream"]?.bool == true }
    package var messages: [JSONValue] { body["messages"]?.array ?? [] }

    /// The text of the last message, of its text parts where it has parts.
    package var text: String {
        switch messages.last?["content"] {
        case .string(let text): text
        case .array(let parts): parts.compactMap { $0["text"]?.string }.joined(separator: "\n")
        default: ""
        }
    }
}
