import Feishu
import JSON
import NIOConcurrencyHelpers
import TestSupport
import Testing

@Suite("Card entities")
struct CardTests {
    static let card = "7172945354837417459"

    @Test("a card is made, sent, grows and is closed as recorded")
    func conversation() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)

            let create = try RecordedCall("api_cardkit", "create entity")
            server.lineUp(create.answer)
            let json = try JSONValue(parsing: create.body?["data"]?.string ?? "")
            #expect(try await client.createCard(json: json) == Self.card)
            try create.expectLast(of: server)

            let reply = try RecordedCall("api_cardkit", "reply with the entity")
            server.lineUp(reply.answer)
            let uuid = reply.body?["uuid"]?.string
            _ = try await client.reply(.card(id: Self.card), to: "om_3fb1fcf059964f8c00c67076cd620eb3", uuid: uuid)
            #expect(server.bodies.last?["content"] == reply.body?["content"])
            #expect(server.bodies.last?["msg_type"] == "interactive")

            for (name, text, sequence) in [("stream 1", "The answer", 1), ("stream 2", "The answer is 42.", 2)] {
                let stream = try RecordedCall("api_cardkit", name)
                server.lineUp(stream.answer)
                let sequence = Int32(sequence)
                try await client.streamContent(
                    cardID: Self.card,
                    elementID: "stream_md",
                    text: text,
                    sequence: sequence
                )
                try stream.expectLast(of: server)
            }

            let close = try RecordedCall("api_cardkit", "close")
            server.lineUp(close.answer)
            try await client.closeStreaming(cardID: Self.card, summary: "The answer is 42.", sequence: 3)
            try close.expectLast(of: server)
        }
    }

    @Test("several changes are one operation, as recorded")
    func batch() async throws {
        try await APIServer.with { server, endpoint in
            let batch = try RecordedCall("api_cardkit", "batch update")
            server.lineUp(batch.answer)
            try await FeishuClient.scripted(endpoint).updateCard(
                cardID: Self.card,
                actions: [.add([["tag": "hr", "element_id": "hr_1"]], at: .after("stream_md"))],
                sequence: 4
            )
            try batch.expectLast(of: server)
        }
    }

    @Test("elements are added, changed, replaced and taken away")
    func elements() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            server.lineUp(.success(), .success(), .success(), .success(), .success(), .success())
            try await client.addCardElements(cardID: "7", elements: [["tag": "hr"]], at: .before("x"), sequence: 1)
            try await client.patchCardElement(cardID: "7", elementID: "x", part: ["content": "a"], sequence: 2)
            try await client.replaceCardElement(cardID: "7", elementID: "x", element: ["tag": "hr"], sequence: 3)
            try await client.deleteCardElement(cardID: "7", elementID: "x", sequence: 4, uuid: "mine")
            try await client.replaceCard(cardID: "7", json: ["schema": "2.0"], sequence: 5)
            try await client.updateCard(
                cardID: "7",
                actions: [
                    .changeSettings(["config": ["streaming_mode": true]]), .delete(["a", "b"]),
                    .patch("x", with: ["content": "a"]), .replace("x", with: ["tag": "hr"]),
                ],
                sequence: 6
            )
            let base = "/open-apis/cardkit/v1/cards/7"
            #expect(
                server.calls.map { "\($0.method) \($0.target)" } == [
                    "POST \(base)/elements", "PATCH \(base)/elements/x", "PUT \(base)/elements/x",
                    "DELETE \(base)/elements/x", "PUT \(base)", "POST \(base)/batch_update",
                ]
            )
            #expect(server.bodies.map { $0["sequence"]?.integer } == [1, 2, 3, 4, 5, 6])
            let uuids = server.bodies.map { $0["uuid"]?.string }
            #expect(uuids == ["a_7_1", "p_7_2", "u_7_3", "mine", "r_7_5", "b_7_6"])
            #expect(server.bodies[0]["type"] == "insert_before")
            #expect(server.bodies[0]["target_element_id"] == "x")
            #expect(server.bodies[0]["elements"] == #"[{"tag":"hr"}]"#)
            #expect(server.bodies[1]["partial_element"] == #"{"content":"a"}"#)
            #expect(server.bodies[2]["element"] == #"{"tag":"hr"}"#)
            #expect(server.bodies[4]["card"] == ["type": "card_json", "data": #"{"schema":"2.0"}"#])
            let actions = try JSONValue(parsing: server.bodies[5]["actions"]?.string ?? "")
            #expect(
                actions.array?.map { $0["action"] } == [
                    "partial_update_setting", "delete_elements", "partial_update_element", "update_element",
                ]
            )
        }
    }

    @Test("the text that is sent is the one that there is when the call's turn has come")
    func latestText() async throws {
        try await APIServer.with { server, endpoint in
            let text = NIOLockedValueBox("early")
            let client = FeishuClient.scripted(endpoint, governor: ScriptedGovernor([.granted(wait: .seconds(1))])) {
                text.withLockedValue { $0 = "late" }
            }
            server.lineUp(.success())
            try await client.streamContent(cardID: "7", elementID: "x", sequence: 1) { text.withLockedValue { $0 } }
            #expect(server.bodies.first?["content"] == "late")
        }
    }

    @Test(
        "a refused operation says what to do about it",
        arguments: [
            (200_810, .busy, .interactionInProgress), (200_850, .conflict, .streamingClosed),
            (300_309, .conflict, .streamingClosed), (300_317, .conflict, .sequence),
            (200_770, .conflict, .uuidConflict),
            (200_860, .content, .tooLarge), (200_740, .gone, .cardGone), (200_750, .gone, .cardGone),
            (300_305, .content, .tooManyElements), (300_030, .gone, .clickTokenSpent),
            (300_040, .gone, .clickTokenSpent), (99_991_403, .denied, .monthlyQuota), (300_301, .content, nil),
        ] as [(Int, FeishuError.Kind, FeishuError.Reason?)]
    )
    func reasons(code: Int, kind: FeishuError.Kind, reason: FeishuError.Reason?) async throws {
        try await APIServer.with { server, endpoint in
            server.lineUp(.failure(code))
            let error = await #expect(throws: FeishuError.self) {
                try await FeishuClient.scripted(endpoint)
                    .streamContent(cardID: "7", elementID: "x", text: "a", sequence: 1)
            }
            #expect(error?.kind == kind)
            #expect(error?.reason == reason)
            #expect(error?.isRetryable == (kind == .busy))
        }
    }

    @Test(
        "what is wrong with a card's content is read from the message, too",
        arguments: [
            ("ErrCode: 11310; ErrMsg: card table number over limit; ErrorValue: table;", .content, .tooManyTables),
            ("ErrCode: 11310; ErrMsg: element exceeds the limit; ErrorValue: element;", .content, .tooManyElements),
            ("ErrCode: 11310; ErrMsg: card action is lock", .busy, .interactionInProgress),
            ("ErrCode: 100290; ErrMsg: bad at id", .content, .badMention),
            ("ErrCode: 200570; ErrMsg: bad image key", .content, .badImage), ("anything", .content, nil),
        ] as [(String, FeishuError.Kind, FeishuError.Reason?)]
    )
    func contentReasons(message: String, kind: FeishuError.Kind, reason: FeishuError.Reason?) async throws {
        try await APIServer.with { server, endpoint in
            let body: JSONValue = ["code": 230_099, "msg": .string(message)]
            server.lineUp(.init(status: 400, body: body.text))
            let error = await #expect(throws: FeishuError.self) {
                try await FeishuClient.scripted(endpoint).createCard(json: [:])
            }
            #expect(error?.kind == kind)
            #expect(error?.reason == reason)
        }
    }

    @Test("what is larger than Feishu takes is not sent")
    func sizes() async throws {
        try await APIServer.with { server, endpoint in
            let client = FeishuClient.scripted(endpoint)
            let text = String(repeating: "长", count: 10_001)
            let calls: [@Sendable () async throws -> Void] = [
                { _ = try await client.createCard(json: ["x": .string(text)]) },
                { try await client.streamContent(cardID: "7", elementID: "x", text: text, sequence: 1) },
                { try await client.streamContent(cardID: "7", elementID: "x", sequence: 1) { text } },
                { try await client.replaceCard(cardID: "7", json: ["x": .string(text)], sequence: 1) },
                { try await client.patchCardMessage("om_1", json: ["x": .string(text)]) },
                { try await client.updateClickedCard(token: "c-1", json: ["x": .string(text)]) },
            ]
            for call in calls {
                let error = await #expect(throws: FeishuError.self) { try await call() }
                #expect(error?.kind == .content)
                #expect(error?.reason == .tooLarge)
            }
            #expect(server.calls.isEmpty)
        }
    }
}
