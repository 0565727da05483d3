package import ServiceLifecycle

/// The part of a program that decides when the program ends: SIGTERM and SIGINT are left to it, and when it returns the
/// other parts stop gracefully.
package protocol LeadingService: Service {}
