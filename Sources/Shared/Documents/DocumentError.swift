/// Why a file gave no text.
package enum DocumentError: Error, Equatable, CustomStringConvertible {
    /// Beyond a bound: of the file, of what it unfolds to, or of the memory that reading it takes.
    case tooLarge
    /// No kind that text can be read from.
    case unsupported
    /// Only a password opens it.
    case encrypted
    case damaged
    /// Reading it took longer than it may.
    case timedOut
    /// A program that reads this kind is not installed.
    case toolMissing(name: String)
    /// A program that reads this kind could not be started; `errno`.
    case toolNotStarted(name: String, code: Int32)
    /// It has no text, as scanned pages.
    case empty
    /// Whoever wanted it does not any more.
    case cancelled

    /// Whether the same file may be read later.
    package var isTransient: Bool {
        switch self {
        case .timedOut, .toolNotStarted, .cancelled: true
        case .tooLarge, .unsupported, .encrypted, .damaged, .toolMissing, .empty: false
        }
    }

    package var description: String {
        switch self {
        case .tooLarge: "the document is too large"
        case .unsupported: "the kind of document is not supported"
        case .encrypted: "the document is encrypted"
        case .damaged: "the document is damaged"
        case .timedOut: "reading the document took too long"
        case .toolMissing(let name): "\(name), which reads such documents, is not installed"
        case .toolNotStarted(let name, let code):
            "\(name), which reads such documents, cannot be started (errno \(code))"
        case .empty: "the document has no text"
        case .cancelled: "reading the document was cancelled"
        }
    }

    /// What to tell the person who sent the file: a sentence to act on, in Chinese and in English.
    package var told: (chinese: String, english: String) {
        switch self {
        case .tooLarge:
            ("这个文件太大，请拆分后再发给我。", "This file is too large. Please split it and send me the parts.")
        case .unsupported:
            (
                "我还读不了这种文件。我能读 txt、md、csv、vtt、srt、pdf 和 docx。",
                "I cannot read this kind of file. I read txt, md, csv, vtt, srt, pdf and docx."
            )
        case .encrypted:
            ("这个文件有密码，请去掉密码后再发给我。", "This file has a password. Please remove it and send me the file again.")
        case .damaged:
            ("这个文件打不开，可能已损坏，请重新导出后再发给我。", "This file cannot be opened; it may be damaged. Please export it anew.")
        case .timedOut:
            ("读取这个文件花的时间太长，请稍后再试，或者拆分后发给我。", "Reading this file took too long. Please try again later, or split it.")
        case .toolMissing, .toolNotStarted:
            ("我现在读不了这种文件，请联系管理员。", "I cannot read this kind of file now. Please tell your administrator.")
        case .empty:
            (
                "这个文件里没有可以读取的文字（可能是扫描件）。",
                "There is no text in this file that I can read; it may be a scan."
            )
        case .cancelled: ("已停止读取这个文件。", "I stopped reading this file.")
        }
    }
}
