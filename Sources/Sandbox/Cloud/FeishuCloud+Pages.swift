/// Documents and minutes as people see them in a browser.
extension FeishuCloud {
    /// A document as a page; nil when unknown.
    func documentPage(_ id: String) -> String? {
        guard let document = withState({ $0.documents[id] }) else { return nil }
        let (people, chats) = withState { ($0.directory.people, $0.directory.chats) }
        let names = document.members.map { people[$0.id]?.name ?? chats[$0.id]?.name ?? $0.id }
        return ReadingPage.page(
            title: document.title,
            note: names.joined(separator: "、"),
            body: DocumentPage(document: document).body
        )
    }

    /// The transcript of a recording as a page, each turn at the anchor `t` and its second; nil when unknown.
    func minutesPage(_ token: String) -> String? {
        guard let meeting = withState({ $0.meetings[minute: token] }), !meeting.isDeleted else { return nil }
        let turns = meeting.turns.map { turn in
            let time = TranscriptExport.clock(turn.start)
            return """
                <p id="t\(turn.start / 1_000)"><strong>\(ReadingPage.escaped(turn.speaker))</strong> \
                <a href="#t\(turn.start / 1_000)">\(time)</a><br>\(ReadingPage.escaped(turn.text))</p>

                """
        }
        let names = meeting.participants.map(\.person.name)
        return ReadingPage.page(
            title: meeting.topic,
            note: names.joined(separator: "、"),
            body: turns.joined()
        )
    }
}
