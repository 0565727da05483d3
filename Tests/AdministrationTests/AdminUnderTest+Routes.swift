import Administration
import JSON

/// Asking for any route, whatever it does.
extension AdminUnderTest {
    /// Asks for a route, about things that are not there, with a body that it takes.
    func ask(_ route: AdminRoute, token: String? = nil, headers: [String: String] = [:]) async -> AdminResponse {
        let path = route.path.split(separator: "/").map { $0.hasPrefix("{") ? "thing" : String($0) }
        return await ask(
            route.method.rawValue,
            path.joined(separator: "/"),
            token: token,
            headers: headers,
            body: Self.body(of: route)
        )
    }

    /// A body that the route takes.
    private static func body(of route: AdminRoute) -> JSONValue? {
        switch route.action {
        case "queues.purge": ["places": ["ready"]]
        case "dead_letters.drop", "dead_letters.retry": ["all": true]
        case "jobs.cancel": ["queue": "interactive"]
        case "schedules.put", "schedules.preview": ["task": "assistant.echo", "queue": "background", "every": "60"]
        case "plugins.install": ["name": "feishu-adapter"]
        case "plugins.test": ["message": "hello"]
        case "plugins.configure", "plugins.upgrade", "queues.pause", "schedules.pause": [:]
        case "limits.set": ["concurrency": 2]
        case "limits.bound": ["length": 1_000]
        case "turns.set", "turns.set_keyless": ["weight": 2]
        case "audit.prune": ["keep_days": 30]
        case "people.add": ["name": "bob", "password": "a long enough password", "role": "viewer"]
        case "people.change": ["role": "viewer"]
        case "tokens.issue": ["subject": "ci", "role": "viewer"]
        case "me.password": ["password": "x", "new_password": "a long enough password"]
        case "me.second_step.begin": ["password": "x"]
        case "me.second_step.confirm": ["code": "000000"]
        case "step_up": ["code": "000000", "purpose": "purge"]
        default: nil
        }
    }
}
