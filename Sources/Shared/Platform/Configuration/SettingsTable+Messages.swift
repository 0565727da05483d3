extension Setting {
    /// How the queue shares a Redis, and its queues, with others.
    static let messages: [Setting] = [
        Setting(
            "redis.key_prefix",
            "REDIS_KEY_PREFIX",
            .keyPrefix,
            "What all keys and channels begin with, for gateway, workers and tools alike; Celery's global_keyprefix."
        ),
        Setting(
            "worker.unknown_task_requeues",
            "WORKER_UNKNOWN_TASK_REQUEUES",
            .integer(0...1_000),
            default: "0",
            "How often a task that no job of this worker is registered for is put back for others before it fails."
        ),
    ]
}
