import Feishu
import JSON
import Testing

@Suite("Received messages")
struct MessageReceivedTests {
    static let bot = "ou_33e0f8f7fbcd6ddef8a53ca981735e83"

    static func message(_ variant: String) throws -> MessageReceived {
        try #require(MessageReceived(envelope: try Fixture.json("event_im_message_receive_v1_" + variant)))
    }

    static func text(_ text: String, mentions: [JSONValue] = []) throws -> MessageReceived {
        let content: JSONValue = ["text": .string(text)]
        let message: JSONValue = [
            "message_type": "text", "content": .string(content.text), "mentions": .array(mentions),
        ]
        return try #require(
            MessageReceived(envelope: [
                "header": ["event_type": "im.message.receive_v1"], "event": ["message": message],
            ])
        )
    }

    static func mention(_ key: String, _ name: String, openID: String = "ou_x") -> JSONValue {
        ["key": .string(key), "name": .string(name), "id": ["open_id": .string(openID)]]
    }

    @Test("a text of a direct chat comes with who, where and when")
    func direct() throws {
        let json = try Fixture.json("event_im_message_receive_v1_text_p2p")["event"]
        let message = try Self.message("text_p2p")
        #expect(message.chatKind == .direct)
        #expect(message.senderKind == .user)
        #expect(message.sender.openID == json?["sender"]?["sender_id"]?["open_id"]?.string)
        #expect(message.messageID == json?["message"]?["message_id"]?.string)
        #expect(message.conversationKey == message.chatID)
        #expect(message.createdAt != nil)
        #expect(!message.plainText().isEmpty)
    }

    @Test("in a group the bot's own mention is left out and the others become names")
    func groupMention() throws {
        let message = try Self.message("text_group_mention")
        #expect(message.chatKind == .group)
        #expect(message.isMentioned(openID: Self.bot))
        #expect(!message.isMentioned(openID: "ou_somebody_else"))
        let plain = message.plainText(droppingMentionOf: Self.bot)
        #expect(!plain.contains("@_user"))
        #expect(!plain.contains("@Assistant"))
        #expect(message.plainText().contains("@Assistant"))
    }

    @Test("with eleven mentions no key is mistaken for a longer one")
    func elevenMentions() throws {
        let message = try Self.message("text_eleven_mentions")
        let plain = message.plainText()
        #expect(message.mentions.count == 11)
        #expect(!plain.contains("@_user"))
        for mention in message.mentions { #expect(plain.contains("@" + (mention.name ?? "?"))) }
    }

    @Test("keys are replaced once, longest first, and unknown ones stay")
    func replacing() throws {
        let mentions = [Self.mention("@_user_1", "@_user_10 Li"), Self.mention("@_user_10", "Wang")]
        let message = try Self.text("@_user_10, @_user_1 and @_user_100 a@b.c @", mentions: mentions)
        #expect(message.plainText() == "@Wang, @@_user_10 Li and @_user_100 a@b.c @")
    }

    @Test(
        "dropping the own mention leaves no gap",
        arguments: [
            ("@_user_1 hello", "hello"), ("hello @_user_1", "hello"), ("a @_user_1 b", "a b"), ("a@_user_1b", "ab"),
            ("@_user_1", ""), ("  @_user_1\nhello", "hello"),
        ]
    )
    func dropping(text: String, plain: String) throws {
        let message = try Self.text(text, mentions: [Self.mention("@_user_1", "Bot", openID: Self.bot)])
        #expect(message.plainText(droppingMentionOf: Self.bot) == plain)
    }

    @Test("everyone is mentioned with or without an entry for it")
    func everyone() throws {
        let message = try Self.message("text_group_mention_all")
        #expect(message.mentionsEveryone)
        #expect(!message.isMentioned(openID: Self.bot))
        #expect(message.plainText().contains("@"))
        #expect(!message.plainText().contains("@_all"))
        #expect(try !Self.message("text_p2p").mentionsEveryone)
    }

    @Test("rich text is read node by node")
    func post() throws {
        let message = try Self.message("post")
        guard case .post(let post) = message.content else {
            Issue.record("\(message.content)")
            return
        }
        #expect(post.title == "Bug report")
        #expect(post.paragraphs.count == 5)
        #expect(post.imageKeys.count == 1)
        #expect(
            message.plainText(droppingMentionOf: Self.bot) == """
                Bug report
                Crash when opening [ticket 42](https://example.com/t/42)
                [image]
                ```swift
                let x = try! f()
                ```
                ---
                [SMILE]
                """
        )
    }

    @Test("rich text with a level of locales is unwrapped")
    func localisedPost() {
        let content = #"{"zh_cn":{"title":"T","content":[[{"tag":"text","text":"你好"}]]}}"#
        guard case .post(let post) = MessageContent(type: "post", content: content) else {
            Issue.record("no post")
            return
        }
        #expect(post.title == "T")
        #expect(post.paragraphs == [[.text("你好")]])
    }

    @Test(
        "each type's recording has its own content",
        arguments: [
            "image", "file", "audio", "media", "sticker", "interactive", "share_chat", "share_user", "merge_forward",
            "location",
        ]
    )
    func types(type: String) throws {
        let content = try Self.message(type).content
        let matches =
            switch (type, content) {
            case ("image", .image(.some)), ("file", .file(.some, .some)), ("audio", .audio(.some, .some)),
                ("media", .media(.some, .some, .some, .some)), ("sticker", .sticker(.some)),
                ("interactive", .interactive),
                ("share_chat", .shareChat(.some)), ("share_user", .shareUser(.some)), ("merge_forward", .mergeForward),
                ("location", .location(.some, .some, .some)):
                true
            default: false
            }
        #expect(matches, "\(content)")
        #expect(try !Self.message(type).plainText().isEmpty)
    }

    @Test("a system message's template is filled in")
    func system() {
        let content =
            #"{"template":"{from_user} invited {to_chatters} to {nothing}this chat.","from_user":["A"],"to_chatters":["B","C"]}"#
        #expect(MessageContent(type: "system", content: content) == .system("A invited B, C to this chat."))
    }

    @Test(
        "content that does not fit its type is kept as far as it can be",
        arguments: [nil, "", "null", "[]", "not json", #"{"text":1}"#]
    )
    func oddContent(content: String?) {
        for type in ["text", "post", "image", "merge_forward", "hologram", ""] {
            _ = MessageContent(type: type, content: content)
        }
        #expect(MessageContent(type: "hologram", content: #"{"a":1}"#) == .other(type: "hologram", ["a": 1]))
        #expect(MessageContent(type: "text", content: #"{"text":1}"#) == .text(""))
    }

    @Test("a message with nothing in it is still a message, any other event is none")
    func lenient() throws {
        let bare = try #require(
            MessageReceived(envelope: ["header": ["event_type": "im.message.receive_v1"], "event": ["message": [:]]])
        )
        #expect(bare.messageID == nil)
        #expect(bare.plainText().isEmpty)
        #expect(MessageReceived(envelope: try Fixture.json("event_im_message_recalled_v1")) == nil)
        #expect(MessageReceived(envelope: [1]) == nil)
    }

    @Test("a message of another bot is known as such")
    func fromBot() throws { #expect(try Self.message("from_bot").senderKind == .bot) }
}
