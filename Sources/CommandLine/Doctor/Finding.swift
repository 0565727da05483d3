/// What the doctor found about one thing.
struct Finding: Equatable {
    enum Verdict: String {
        case ok = "OK"
        case warning = "WARN"
        case failure = "FAIL"
    }

    let verdict: Verdict
    /// What was looked at, such as `redis persistence`.
    let subject: String
    /// What was seen.
    let detail: String
    /// What to do about it; nil where all is well.
    let fix: String?

    static func ok(_ subject: String, _ detail: String) -> Finding {
        Finding(verdict: .ok, subject: subject, detail: detail, fix: nil)
    }

    static func warning(_ subject: String, _ detail: String, fix: String) -> Finding {
        Finding(verdict: .warning, subject: subject, detail: detail, fix: fix)
    }

    static func failure(_ subject: String, _ detail: String, fix: String) -> Finding {
        Finding(verdict: .failure, subject: subject, detail: detail, fix: fix)
    }
}
