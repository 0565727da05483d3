import Feishu
import MeetingMinutes

/// A transcript as it stands below the minutes in their document: a block for each utterance, `#12 Bob 00:12:03 words`.
///
/// Feishu bounds the blocks of a document and the text of a block, and tells neither bound. So what is said in a very long
/// meeting shares blocks, several utterances one, and a very long utterance is cut into several.
struct TranscriptBlocks {
    /// The most blocks that utterances begin: about six hours of talk.
    static let mostBlocks = 12_000
    /// The most characters of an utterance, or of several, in one block.
    static let mostCharacters = 4_000

    /// A line across and a heading, then what was said.
    let blocks: [WrittenBlock]
    /// Which block an utterance begins in, counted from 0, by its number less 1.
    private let places: [Int]

    /// - Parameters:
    ///   - transcript: What was said.
    ///   - heading: What stands above it.
    ///   - mostBlocks: How many blocks may begin with an utterance.
    init(_ transcript: Transcript, heading: String, mostBlocks: Int = Self.mostBlocks) {
        let sharing = max(1, (transcript.utterances.count + mostBlocks - 1) / mostBlocks)
        var blocks = [WrittenBlock(.divider), WrittenBlock(.heading(2), [.init(heading)])]
        var places: [Int] = []
        var current = Page()
        for utterance in transcript.utterances {
            let pieces = Self.pieces(of: utterance.text)
            let head = WrittenBlock.Run(utterance.label + " ", isBold: true)
            let size = head.text.unicodeScalars.count + pieces[0].unicodeScalars.count
            if current.utterances == sharing || current.characters + size > Self.mostCharacters {
                current.end(into: &blocks)
            }
            places.append(blocks.count)
            current.add([head, .init(pieces[0])], characters: size)
            for piece in pieces.dropFirst() {
                current.end(into: &blocks)
                blocks.append(WrittenBlock(.text, [.init(piece)]))
            }
        }
        current.end(into: &blocks)
        self.blocks = blocks
        self.places = places
    }

    /// Where the utterances stand.
    ///
    /// - Parameter ids: What Feishu calls the blocks, by the names that `DocumentBlocks` gives them.
    /// - Returns: The ids of their blocks, by the numbers of the utterances.
    func page(of ids: [String: String]) -> [Int: String] {
        var page: [Int: String] = [:]
        for (index, place) in places.enumerated() { page[index + 1] = ids["b\(place + 1)"] }
        return page
    }

    /// One block that grows.
    private struct Page {
        var runs: [WrittenBlock.Run] = []
        var utterances = 0
        var characters = 0

        mutating func add(_ runs: [WrittenBlock.Run], characters: Int) {
            if utterances > 0 { self.runs.append(.init("\n")) }
            self.runs += runs
            utterances += 1
            self.characters += characters
        }

        mutating func end(into blocks: inout [WrittenBlock]) {
            guard utterances > 0 else { return }
            blocks.append(WrittenBlock(.text, runs))
            self = Page()
        }
    }

    /// The text, cut behind a blank where there is one near the end of a piece. By code points: one character of a hostile
    /// text may be as long as all of it.
    private static func pieces(of text: String) -> [String] {
        guard text.utf8.count > mostCharacters else { return [text] }
        var pieces: [String] = []
        var rest = text.unicodeScalars[...]
        while !rest.isEmpty {
            var piece = rest.prefix(mostCharacters)
            if piece.endIndex < rest.endIndex, let blank = piece.suffix(mostCharacters / 4).lastIndex(of: " ") {
                piece = rest[...blank]
            }
            pieces.append(String(piece))
            rest = rest[piece.endIndex...]
        }
        return pieces
    }
}
