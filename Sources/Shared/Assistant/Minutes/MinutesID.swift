/// Names minutes among all: the task that began them, of one app.
package struct MinutesID: Sendable, Hashable, Codable {
    package let appID: String
    package let task: String

    package init(appID: String, task: String) {
        self.appID = appID
        self.task = task
    }

    enum CodingKeys: String, CodingKey {
        case appID = "app_id"
        case task
    }
}
