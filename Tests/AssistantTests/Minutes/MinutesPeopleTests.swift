import Feishu
import MeetingMinutes
import TestSupport
import Testing

@testable import Assistant

@Suite("Who is given an action item", .timeLimit(.minutes(1)))
struct MinutesPeopleTests {
    private static let people = MinutesPeople([
        MinutesPerson(openID: "ou_1", name: "张伟"), MinutesPerson(openID: "ou_2", name: "李娜"),
        MinutesPerson(openID: "ou_3", name: "Ann Lee"), MinutesPerson(openID: "ou_4", name: "张伟"),
        MinutesPerson(openID: "ou_2", name: "李娜"), MinutesPerson(openID: "ou_5", name: ""),
    ])

    private static func action(_ owner: String?, _ doubts: [GroundedFact.Doubt] = []) -> Minutes.Action {
        Minutes.Action(line: Minutes.Line(text: "x", utterances: [1], doubts: doubts), owner: owner, due: nil)
    }

    @Test(
        "is the one person of that name, and nobody else",
        arguments: [
            ("李娜", ["ou_2"], true), ("ann  lee", ["ou_3"], true), ("ＡＮＮ ＬＥＥ", ["ou_3"], true), ("张伟", [], false),
            ("Ann", [], false), ("张总", [], false), ("李", [], false), ("", [], false), (" ", [], false),
            (nil, [], false),
            ("李娜、Ann Lee", ["ou_2", "ou_3"], true), ("李娜, 张伟", ["ou_2"], false), ("王强、赵敏", [], false),
        ] as [(String?, [String], Bool)]
    )
    func certain(owner: String?, expected: [String], isWhole: Bool) {
        let owners = Self.people.owners(of: Self.action(owner))
        #expect(owners.openIDs == expected && owners.isWhole == isWhole)
    }

    @Test("is nobody where the owner is to be confirmed")
    func doubted() {
        #expect(Self.people.owners(of: Self.action("李娜", [.owner])).openIDs.isEmpty)
        #expect(Self.people.owners(of: Self.action("李娜", [.due])).openIDs == ["ou_2"])
    }

    @Test("those of the meeting, of the chat and who asked are looked at together")
    func together() async throws {
        var request = MinutesFixture.request
        request.participants = ["ou_ivo", "ou_tess"]
        try await MinutesFixture.with(request: request) { fixture in
            fixture.chat.call("ou_ivo", "Ivo")
            fixture.chat.call("ou_tess", "Tess")
            fixture.chat.call("ou_asker", "Tess")
            func owner(_ name: String) async throws -> [String] {
                try await MinutesPeople(of: request, fixture.answers.parts).owners(of: Self.action(name)).openIDs
            }
            var (ivo, tess) = (try await owner("Ivo"), try await owner("Tess"))
            #expect(ivo == ["ou_ivo"] && tess.isEmpty)
            fixture.workplace.seat([MinutesPerson(openID: "ou_other", name: "Ivo")], in: "oc_1")
            ivo = try await owner("Ivo")
            #expect(ivo.isEmpty)
            // Who is in the chat and took part is one person.
            fixture.workplace.seat([MinutesPerson(openID: "ou_ivo", name: "Ivo")], in: "oc_1")
            (ivo, tess) = (try await owner("Ivo"), try await owner("Tess"))
            #expect(ivo == ["ou_ivo"] && tess.isEmpty)
        }
    }

    @Test("nobody is, where neither the chat nor the meeting says who may be meant")
    func unknown() async throws {
        try await MinutesFixture.with { fixture in
            fixture.chat.call("ou_asker", "Ivo")
            func owner() async throws -> [String] {
                let people = try await MinutesPeople(of: MinutesFixture.request, fixture.answers.parts)
                return people.owners(of: Self.action("Ivo")).openIDs
            }
            let before = try await owner()
            fixture.workplace.seat([], in: "oc_1")
            let after = try await owner()
            #expect(before.isEmpty && after == ["ou_asker"])
        }
    }
}
