import Feishu
import JSON
import TestSupport
import Testing

@Suite("Chats, people and messages that are there")
struct ChatTests {
    static let chat = "oc_0e225d6fcc442f31e9a0a8f19499a288"

    @Test("a chat, its members and a user's name are asked for as recorded")
    func recorded() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            let info = try RecordedCall("api_people_chats", "chat info")
            server.lineUp(info.answer)
            let chat = try await client.chat(withID: Self.chat)
            try info.expectLast(of: server)
            #expect(chat.name == "Incident 42")
            #expect(chat.mode == "group")
            #expect(chat.userCount == 2)
            #expect(chat.botCount == 1)

            let members = try RecordedCall("api_people_chats", "members")
            server.lineUp(members.answer)
            let list = try await client.members(ofChat: Self.chat)
            try members.expectLast(of: server)
            #expect(list.members.map(\.name) == ["韩梅梅"])
            #expect(list.members.map(\.openID) == ["ou_0476f516d54f6e3fc882bebd21dcceda"])
            #expect(list.total == 2)
            #expect(!list.isCut)

            let user = try RecordedCall("api_people_chats", "user")
            server.lineUp(user.answer)
            #expect(try await client.userName(ofOpenID: "ou_0476f516d54f6e3fc882bebd21dcceda") == "韩梅梅")
            try user.expectLast(of: server)
            server.lineUp(.success(#"{"user":{"open_id":"ou_1"}}"#), .failure(41_050))
            #expect(try await client.userName(ofOpenID: "ou_1") == nil)
            let error = await #expect(throws: FeishuError.self) { try await client.userName(ofOpenID: "ou_1") }
            #expect(error?.kind == .permission)
        }
    }

    @Test("members are taken page by page, and no more of them than are wanted")
    func pages() async throws {
        func page(_ ids: Range<Int>, next: String?) -> APIServer.Answer {
            let items = ids.map { #"{"member_id":"ou_\#($0)","name":"n\#($0)"}"# }.joined(separator: ",")
            let more = next.map { #""has_more":true,"page_token":"\#($0)""# } ?? #""has_more":false,"page_token":"""#
            return .success(#"{"items":[\#(items)],"member_total":250,\#(more)}"#)
        }
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            server.lineUp(page(0..<100, next: "p2"), page(100..<200, next: "p3"), page(200..<250, next: nil))
            let all = try await client.members(ofChat: "oc_1")
            #expect(all.members.map(\.openID) == (0..<250).map { "ou_\($0)" })
            #expect(!all.isCut)
            #expect(server.calls.last?.target.hasSuffix("page_size=100&page_token=p3") == true)

            server.lineUp(page(0..<100, next: "p2"), page(100..<150, next: "p3"))
            let some = try await client.members(ofChat: "oc_1", atMost: 150)
            #expect(some.members.count == 150)
            #expect(some.isCut)
            #expect(server.calls.last?.target.hasSuffix("page_size=50&page_token=p2") == true)

            // A server that never ends is left.
            let asked = server.calls.count
            for _ in 0..<20 { server.lineUp(page(0..<1, next: "again")) }
            #expect(try await client.members(ofChat: "oc_1", atMost: 200).isCut)
            #expect(server.calls.count == asked + 4)
        }
    }

    @Test("cards are patched, texts edited, messages recalled as recorded")
    func changes() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            let patch = try RecordedCall("api_messages", "patch a card")
            server.lineUp(patch.answer)
            try await client.patchCardMessage(
                "om_4d8a80f4c4ae48ae870f5bbeec039b7d",
                json: JSONValue(parsing: patch.body?["content"]?.string ?? "")
            )
            try patch.expectLast(of: server)

            let edit = try RecordedCall("api_messages", "edit a text")
            server.lineUp(edit.answer)
            let edited = try await client.editMessage("om_6a4c5551c84497f4844485b87de61ea9", to: .text("corrected"))
            try edit.expectLast(of: server)
            #expect(edited.plainText() == "corrected")
            let error = await #expect(throws: FeishuError.self) {
                try await client.editMessage("om_1", to: .file(key: "file_1"))
            }
            #expect(error?.kind == .content)

            let recall = try RecordedCall("api_messages", "recall")
            server.lineUp(recall.answer)
            try await client.recallMessage("om_097493a1f2b612c2b9884dd6651d51ba")
            try recall.expectLast(of: server)

            let update = try RecordedCall("api_messages", "delayed card update")
            server.lineUp(update.answer)
            try await client.updateClickedCard(
                token: "c-bc59bc35a9ebbb496f68fb8025a6006eab699fba",
                json: try #require(update.body?["card"])
            )
            try update.expectLast(of: server)
        }
    }

    @Test("a forwarded conversation comes with its parts, as recorded")
    func forwarded() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            let forward = try RecordedCall("api_messages", "get a merge_forward")
            server.lineUp(forward.answer, .success(#"{"items":[]}"#))
            let messages = try await client.messages(withID: "om_a0b01252b6e8708f27e2cc7ab0076958")
            try forward.expectLast(of: server)
            #expect(messages.count > 1)
            #expect(messages.dropFirst().allSatisfy { $0.upperMessageID == messages[0].messageID })
            _ = try await client.messages(withID: "om_1", asSentCard: true)
            #expect(server.calls.last?.target.hasSuffix("om_1?card_msg_content_type=user_card_content") == true)
        }
    }

    @Test("what is sent names what was uploaded or made")
    func contents() {
        #expect(OutgoingMessage.card(id: "7").content == #"{"type":"card","data":{"card_id":"7"}}"#)
        #expect(OutgoingMessage.file(key: "f").content == #"{"file_key":"f"}"#)
        #expect(OutgoingMessage.image(key: "i").content == #"{"image_key":"i"}"#)
        #expect(OutgoingMessage.audio(key: "a").type == "audio")
        #expect(OutgoingMessage.video(key: "v", coverKey: "i").content == #"{"file_key":"v","image_key":"i"}"#)
        let types = ["a.PDF", "b.docx", "c", "d.mp4", "e.tar.gz", ".opus"].map { UploadType(fileName: $0) }
        #expect(types == [.pdf, .doc, .stream, .mp4, .stream, .opus])
    }
}
