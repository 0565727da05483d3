import FoundationEssentials

/// Who publishes, as Celery names it in the header `origin`: `gen<pid>@<host>` (celery.utils.nodenames, `anon_nodename`).
enum ProcessOrigin {
    static let text = "gen\(ProcessInfo.processInfo.processIdentifier)@\(NodeName.host)"
}
