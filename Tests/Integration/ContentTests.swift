import HTTP
import JSON
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("What people send")
    struct ContentTests {
        /// Minutes for a transcript; else it says that it read what it was sent.
        private static func read(_ request: FakeModelRequest) -> FakeModelAnswer {
            switch request.minutesQuestion {
            case .facts:
                .text(#"{"facts":[{"kind":"decision","text":"They agreed on cedar.","utterances":[1]}]}"#)
            case .summary: .text("It was about cedar. [1]")
            case .repair, nil: .text("I read it.")
            }
        }

        private static let png: [UInt8] = [
            0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0, 0, 1,
            8, 6, 0, 0, 0, 0x1F, 0x15, 0xC4, 0x89,
        ]

        @Test("the text of each kind of file reaches the model, and its answer comes; subtitles become minutes")
        func files() async throws {
            try await AssistantSystem.with(model: Self.read) { system, model in
                var sent: [(file: SentFiles, messageID: String)] = []
                for file in SentFiles.all {
                    let message = try await system.sandbox.sendFile(file.bytes, named: file.name, as: "P\(file.name)")
                    sent.append((file, message.messageID))
                }
                #expect(try await system.settled().dead == 0)
                for (file, messageID) in sent {
                    let replies = try await system.sandbox.replies(to: messageID)
                    let isTranscript = file.name.hasSuffix("vtt") || file.name.hasSuffix("srt")
                    #expect(replies.count == 1, "\(file.name)")
                    #expect(replies.first?.text.contains(isTranscript ? "They agreed on cedar." : "I read it.") == true)
                    let asked = model.tally.requests.filter { request in
                        let text = request.text.split(separator: " ", omittingEmptySubsequences: true).joined(
                            separator: " "
                        )
                        return text.contains(file.word)
                    }
                    #expect(!asked.isEmpty, "\(file.name)")
                    #expect(asked.allSatisfy { $0.text.hasPrefix(isTranscript ? "<transcript>" : "<document name=") })
                    if isTranscript { #expect(replies.first?.text.contains("It was about cedar.") == true) }
                }
            }
        }

        @Test("what cannot be read is told in plain words, once")
        func unreadable() async throws {
            try await AssistantSystem.with(model: Self.read) { system, model in
                let sandbox = system.sandbox
                let large = try await sandbox.sendFile([1], named: "a.txt", as: "Ana", claimedBytes: 110 << 20)
                let locked = try await sandbox.sendFile(SentFiles.lockedPDF, named: "b.pdf", as: "Bo")
                let broken = Array("%PDF-1.7\n".utf8) + (0..<400).map { UInt8(truncatingIfNeeded: $0 &* 37) }
                let garbage = try await sandbox.sendFile(broken, named: "c.pdf", as: "Cai")
                let archive = try await sandbox.sendFile([0x50, 0x4B, 3, 4, 9, 9], named: "d.zip", as: "Dee")
                let empty = try await sandbox.sendFile(SentFiles.pdf(" "), named: "e.pdf", as: "Eve")
                #expect(try await system.settled().dead == 0)
                for (message, words) in [
                    (large, "This file is too large"), (locked, "has a password"), (garbage, "may be damaged"),
                    (archive, "cannot read this kind of file"), (empty, "no text in this file"),
                ] {
                    let replies = try await sandbox.replies(to: message.messageID)
                    #expect(replies.count == 1 && replies.first?.text.contains(words) == true, "\(words): \(replies)")
                }
                #expect(model.tally.requestCount == 0)
            }
        }

        @Test(
            "an image goes to a model that sees; with one that does not, the person is told",
            arguments: [true, false]
        )
        func image(sees: Bool) async throws {
            let settings = ["LLM_READS_IMAGES": "\(sees)"]
            try await AssistantSystem.with(model: Self.read, .init(settings: settings)) { system, model in
                let message = try await system.sandbox.sendFile(Self.png, named: "a.png", type: "image")
                let reply = try await system.onlyReply(to: message.messageID)
                #expect(reply.text.contains(sees ? "I read it." : "cannot see images"), "\(reply.text)")
                let images = model.tally.requests.flatMap(\.images)
                #expect(images.count == (sees ? 1 : 0))
                #expect(images.allSatisfy { $0.hasPrefix("data:image/png;base64,iVBORw0KGgo") })
                // With words, these are answered all the same.
                let key = try await system.sandbox.upload(Self.png, named: "b.png", isImage: true)
                let post = try await system.sandbox.sendPost(
                    title: "Plan",
                    [[["tag": "text", "text": "Look at this: "]], [["tag": "img", "image_key": .string(key)]]]
                )
                #expect(try await system.onlyReply(to: post.messageID).text.contains("I read it."))
                let last = try #require(model.tally.requests.last)
                #expect(last.everything.contains("Look at this:") && last.images.count == (sees ? 1 : 0))
            }
        }

        @Test("speech is transcribed over HTTP, and answered as if it were written")
        func voice() async throws {
            let model: FakeModelServer.Answering = { .text("You asked: \($0.text)") }
            let transcribing: FakeModelServer.Transcribing = { _ in "明天几点开会" }
            try await AssistantSystem.with(model: model, transcribing: transcribing) { system, model in
                let bytes = Array("OggS".utf8) + [UInt8](repeating: 7, count: 500)
                let message = try await system.sandbox.sendFile(bytes, named: "v.opus", type: "audio", duration: 2_000)
                #expect(try await system.onlyReply(to: message.messageID).text.contains("You asked: 明天几点开会"))
                let upload = try #require(model.tally.uploads.first)
                #expect(upload.file == bytes && upload.fields["model"] == "fake-whisper")
            }
        }

        @Test("forwarded and quoted messages come as material; a quoted file is read; a post comes with its words")
        func others() async throws {
            try await AssistantSystem.with(model: Self.read) { system, model in
                let sandbox = system.sandbox
                let first = try await sandbox.say(
                    "The launch is on Friday.",
                    as: "Li Lei",
                    in: "Team",
                    mentioningBot: false
                )
                let second = try await sandbox.say("Then I book the room.", as: "Han", in: "Team", mentioningBot: false)
                let forward = try await sandbox.forward([first.messageID, second.messageID])
                _ = try await system.onlyReply(to: forward.messageID)
                let forwarded = try #require(model.tally.requests.last?.text)
                #expect(
                    forwarded.hasPrefix(
                        "<forwarded>\nLi Lei: The launch is on Friday.\nHan: Then I book the room.\n</forwarded>"
                    ),
                    "\(forwarded)"
                )

                let quoting = try await sandbox.say("Is that sure?", in: "Team", replyTo: first.messageID)
                _ = try await system.onlyReply(to: quoting.messageID)
                let quoted = try #require(model.tally.requests.last?.text)
                #expect(quoted.hasPrefix("<quote>\nThe launch is on Friday.\n</quote>\n\nMaya: "), "\(quoted)")

                // A file of a group cannot mention anybody: somebody answers it.
                let bytes = Array("Juniper costs 30.".utf8)
                let file = try await sandbox.sendFile(
                    bytes,
                    named: "j.txt",
                    as: "Han",
                    in: "Team",
                    mentioningBot: false
                )
                let about = try await sandbox.say("How much is it?", in: "Team", replyTo: file.messageID)
                _ = try await system.onlyReply(to: about.messageID)
                let read = try #require(model.tally.requests.last?.text)
                #expect(read.contains("<document name=\"j.txt\">\nJuniper costs 30.\n</document>"), "\(read)")

                let post = try await sandbox.sendPost(
                    title: "Trip",
                    [
                        [
                            ["tag": "text", "text": "When does "],
                            ["tag": "a", "text": "the train", "href": "https://a.example"],
                        ]
                    ],
                    as: "Po"
                )
                _ = try await system.onlyReply(to: post.messageID)
                let posted = try #require(model.tally.requests.last?.text)
                #expect(posted.contains("Trip") && posted.contains("When does") && posted.contains("the train"))
            }
        }
    }
}
