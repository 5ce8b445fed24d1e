namespace Norris.Protocol;

/// <summary>How full a queue is.</summary>
/// <param name="Name">The queue's name, as <c>/metrics</c> has it: that of its limit in <see cref="QueueLimits"/>.</param>
/// <param name="IsInBytes">Whether it is counted in bytes; else in entries.</param>
/// <param name="Fill">What is in it, now.</param>
/// <param name="Limit">The most that may be. A single entry may reach over it.</param>
internal readonly record struct QueueFill(string Name, bool IsInBytes, long Fill, long Limit);
