import Feishu
import JSON
import Testing

@Suite("Typed events")
struct FeishuEventTests {
    static let user = UserIdentity(
        openID: "ou_2f561812f478c8fb24d05188996a213f",
        userID: "gaccnnp6",
        unionID: "on_8b750b3c8fffc8f259d622cb17d5030f"
    )
    static let other = UserIdentity(
        openID: "ou_182c0bccd098ea27cebb0f2b2b204691",
        userID: "3uz1fg4n",
        unionID: "on_39e244b3cba0a0fff56e67e2679ff3ff"
    )
    static let at: Int64 = 1_795_402_800_000

    static func event(_ name: String) throws -> FeishuEvent {
        try #require(FeishuEvent(envelope: Fixture.json("event_" + name)))
    }

    @Test("every recorded event is known by its type", arguments: try Fixture.names("event_"))
    func recorded(name: String) throws {
        let json = try Fixture.json(name)
        let event = FeishuEvent(envelope: json)
        switch event {
        case nil: #expect(name == "event_url_verification")
        case .other(let type):
            #expect(type == json["header"]?["event_type"]?.string)
            let untyped = [
                "event_im_message_message_read_v1", "event_unknown_event_type", "event_vc_bot_meeting_invited_v1",
                "event_vc_bot_meeting_invited_v1_nested_ids", "event_vc_meeting_all_meeting_started_v1",
                "event_vc_meeting_meeting_started_v1", "event_vc_note_generated_v1",
            ]
            #expect(untyped.contains(name))
        default: break
        }
    }

    @Test("messages taken back, and reactions")
    func messages() throws {
        guard case .messageRecalled(let recalled) = try Self.event("im_message_recalled_v1") else {
            Issue.record("no recall")
            return
        }
        let json = try Fixture.json("event_im_message_recalled_v1")["event"]
        #expect(recalled.messageID == json?["message_id"]?.string)
        #expect(recalled.chatID == json?["chat_id"]?.string)
        #expect(recalled.recalledBy == json?["recall_type"]?.string)
        #expect(recalled.recalledAt == Self.at)

        guard case .reactionChanged(let added) = try Self.event("im_message_reaction_created_v1"),
            case .reactionChanged(let removed) = try Self.event("im_message_reaction_deleted_v1"),
            case .reactionChanged(let byApp) = try Self.event("im_message_reaction_created_v1_by_app")
        else {
            Issue.record("no reactions")
            return
        }
        #expect([added.isAdded, removed.isAdded, byApp.isAdded] == [true, false, true])
        #expect(added.user == Self.user)
        #expect(added.appID == nil)
        #expect(byApp.emoji == "OnIt")
        #expect(byApp.appID == "cli_df1c6017fb565253")
        #expect(byApp.user == UserIdentity())
    }

    @Test("groups: the bot comes and goes, people do, settings change, the end")
    func groups() throws {
        let chat = "oc_25860897278fc767216725bc8caa7048"
        guard case .botAdded(let added) = try Self.event("im_chat_member_bot_added_v1"),
            case .botRemoved(let removed) = try Self.event("im_chat_member_bot_deleted_v1"),
            case .membersChanged(let came) = try Self.event("im_chat_member_user_added_v1"),
            case .membersChanged(let left) = try Self.event("im_chat_member_user_deleted_v1"),
            case .chatUpdated(let updated) = try Self.event("im_chat_updated_v1"),
            case .chatDisbanded(let disbanded) = try Self.event("im_chat_disbanded_v1")
        else {
            Issue.record("an event of groups is of another case")
            return
        }
        #expect(
            [added.chatID, removed.chatID, came.chatID, updated.chatID, disbanded.chatID]
                == Array(repeating: chat, count: 5)
        )
        #expect(added.operatorID == Self.user)
        #expect(added.name == "Project Falcon")
        #expect(!added.isExternal)
        #expect(added.at == Self.at)
        #expect(came.change == .added)
        #expect(left.change == .removed)
        #expect(came.members.map(\.name) == ["李雷"])
        #expect(came.members.map(\.identity) == [Self.other])
        #expect(updated.before.name == "Project Falcon")
        #expect(updated.after.name == "Project Falcon II")
        #expect(updated.after.ownerID == Self.other)
        #expect(updated.after.groupMessageType == "thread")
        #expect(updated.after.description == nil)
    }

    @Test("the direct chat is entered, its menu used")
    func direct() throws {
        guard case .directChatEntered(let first) = try Self.event("p2p_chat_create_v1schema"),
            case .directChatEntered(let again) = try Self.event("im_chat_access_event_bot_p2p_chat_entered_v1"),
            case .menuClicked(let menu) = try Self.event("application_bot_menu_v6")
        else {
            Issue.record("an event of the direct chat is of another case")
            return
        }
        #expect(first.isFirst)
        #expect(first.name == "韩梅梅")
        #expect(first.user.openID == Self.user.openID)
        #expect(first.at == Self.at)
        #expect(!again.isFirst)
        #expect(again.user == Self.user)
        #expect(again.lastMessageID?.hasPrefix("om_") == true)
        #expect(menu.key == "new_conversation")
        #expect(menu.user == Self.user)
        #expect(menu.at == Self.at)
    }

    @Test("a click, a choice, a form, and the old form of a click")
    func cards() throws {
        let names = ["button", "select", "form", "v1_old"]
        let actions = try names.compactMap { name -> CardAction? in
            if case .cardAction(let action) = try Self.event("card_action_trigger_\(name)") { action } else { nil }
        }
        try #require(actions.count == 4)
        let (button, select, form, old) = (actions[0], actions[1], actions[2], actions[3])
        #expect(button.tag == "button")
        #expect(button.value == (try Fixture.json("event_card_action_trigger_button")["event"]?["action"]?["value"]))
        #expect(actions.allSatisfy { $0.user.openID == Self.user.openID && $0.user.userID == Self.user.userID })
        #expect(actions.allSatisfy { $0.token?.hasPrefix("c-") == true && $0.messageID?.hasPrefix("om_") == true })
        #expect(actions.allSatisfy { $0.chatID == "oc_25860897278fc767216725bc8caa7048" })
        #expect(select.action == "model")
        #expect(select.options == ["fast"])
        #expect(form.action == "feedback")
        #expect(form.formValues["rating"] == "5")
        #expect(form.formValues["reasons"] == ["fast", "correct"])
        #expect(form.name == "submit")
        #expect(form.at == Self.at)
        #expect(old.action == "ok")
        #expect(old.at == nil)
    }

    @Test("what a card's author attached may be a text")
    func textValue() throws {
        let json = try JSONValue(
            parsing:
                #"{"header":{"event_type":"card.action.trigger"},"event":{"action":{"value":"v"},"operator":{"open_id":"","user_id":"u"}}}"#
        )
        guard case .cardAction(let action)? = FeishuEvent(envelope: json) else {
            Issue.record("no action")
            return
        }
        #expect(action.value == "v")
        #expect(action.action == nil)
        #expect(action.user == UserIdentity(userID: "u"))
    }

    @Test("meetings end, minutes are there, also where numbers are written as numbers")
    func meetings() throws {
        for name in ["meeting_ended_v1", "all_meeting_ended_v1", "participant_meeting_ended_v1"] {
            guard case .meetingEnded(let ended) = try Self.event("vc_meeting_" + name) else {
                Issue.record("\(name) is of another case")
                continue
            }
            let json = try Fixture.json("event_vc_meeting_" + name)["event"]
            #expect(ended.meeting.id == json?["meeting"]?["id"]?.string)
            #expect(ended.meeting.number == json?["meeting"]?["meeting_no"]?.string)
            #expect(ended.meeting.endedAt.map { $0 % 1_000 } == 0)
            #expect(ended.subscribers.isEmpty == !name.hasPrefix("participant"))
        }
        guard case .minutesReady(let recording) = try Self.event("vc_meeting_recording_ready_v1"),
            case .minutesReady(let generated) = try Self.event("minutes_minute_generated_v1")
        else {
            Issue.record("no minutes")
            return
        }
        #expect(recording.minuteToken == "obcn2qy6v7tpmlauf7m2xuss")
        #expect(recording.meeting?.topic == "Weekly product review")
        #expect(generated.minuteToken == "obcn0ka6jcpmbosgs2yscsqh")
        #expect(generated.subscribers == [Self.user])
        let numbers = try JSONValue(
            parsing:
                #"{"header":{"event_type":"vc.meeting.meeting_ended_v1"},"event":{"meeting":{"id":6911188411934433028,"end_time":1749703600}}}"#
        )
        guard case .meetingEnded(let ended)? = FeishuEvent(envelope: numbers) else {
            Issue.record("no meeting")
            return
        }
        #expect(ended.meeting.id == "6911188411934433028")
        #expect(ended.meeting.endedAt == 1_749_703_600_000)
    }

    @Test("approvals change, in both schemas")
    func approvals() throws {
        let names = ["instance_v1schema", "task_v1schema", "instance_status_changed_v4"]
        let changes = try names.compactMap { name -> ApprovalChanged? in
            if case .approvalChanged(let change) = try Self.event("approval_\(name)") { change } else { nil }
        }
        try #require(changes.count == 3)
        #expect(changes.allSatisfy { $0.approvalCode.hasPrefix("ED25B817") && $0.instanceCode.hasPrefix("95730EB8") })
        #expect(changes.map(\.taskID) == [nil, "6982332863116876308", nil])
        #expect(changes[1].user.openID == Self.other.openID)
        #expect(changes[1].status == "PENDING")
        #expect(changes[2].user == Self.user)
        #expect(changes.allSatisfy { $0.at == Self.at })
    }

    @Test("an event that lacks what makes it one is none, and no shape of a field does harm")
    func lenient() throws {
        for name in try Fixture.names("event_") {
            let json = try Fixture.json(name)
            guard let event = json["event"]?.object else { continue }
            for hostile: JSONValue in [.null, 7, "x", [], [[:]], [:], ["id": [7]]] {
                var whole = json.object ?? [:]
                whole["event"] = hostile
                _ = FeishuEvent(envelope: .object(whole))
                for member in event.members {
                    var changed = event
                    changed[member.key] = hostile
                    whole["event"] = .object(changed)
                    _ = FeishuEvent(envelope: .object(whole))
                }
            }
        }
        let empty = try JSONValue(parsing: #"{"header":{"event_type":"im.message.recalled_v1"},"event":{}}"#)
        #expect(FeishuEvent(envelope: empty) == nil)
        #expect(FeishuEvent(envelope: ["challenge": "c", "type": "url_verification"]) == nil)
        #expect(FeishuEvent(envelope: []) == nil)
    }
}
