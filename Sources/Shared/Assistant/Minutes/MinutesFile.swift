import LanguageModel
import MeetingMinutes

/// Minutes as a Markdown file.
struct MinutesFile {
    /// What names of files have at most, in bytes of UTF-8, without the extension.
    private static let longestName = 150

    private let document: MinutesDocument

    /// Nil where the minutes are forgotten, or not there yet.
    ///
    /// Throws errors of the store. Five round trips.
    init?(_ id: MinutesID, _ assistant: AssistantParts) async throws {
        guard let minutes = try await assistant.minutes.minutes(of: id),
            let material = try await MinutesMaterial(id, assistant)
        else { return nil }
        let moments = try await material.place.moments(of: material.making.transcript)
        document = MinutesDocument(minutes, of: moments.transcript, moment: { moments.url(of: $0) })
    }

    /// The latest minutes of a chat that are there.
    ///
    /// Throws as the other.
    init?(latestIn chatID: String, ofApp appID: String, _ assistant: AssistantParts) async throws {
        // Those that are still made are passed over.
        for id in try await assistant.minutes.latest(inChat: chatID, ofApp: appID, atMost: 10) {
            guard let file = try await MinutesFile(id, assistant) else { continue }
            self = file
            return
        }
        return nil
    }

    /// To be sent.
    var reply: Reply {
        let text = "# \(document.title.plainInMarkdown)\n\n\(document.markdown)\n"
        return .file(name: Self.name(document.title), bytes: Array(text.utf8))
    }

    /// A name that every system takes.
    static func name(_ title: String) -> String {
        let plain = String(
            String.UnicodeScalarView(
                title.unicodeScalars.map { scalar in
                    let isForbidden =
                        "/\\:*?\"<>|".unicodeScalars.contains(scalar) || scalar.properties.generalCategory == .control
                        || scalar.properties.generalCategory == .format
                    return isForbidden ? " " : scalar
                }
            )
        )
        var name = ""
        for character in plain.onOneLine.drop(while: { $0 == "." || $0 == " " }) {
            guard name.utf8.count + String(character).utf8.count <= longestName else { break }
            name.append(character)
        }
        while let last = name.last, last == "." || last == " " { name.removeLast() }
        return (name.isEmpty ? "minutes" : name) + ".md"
    }
}
