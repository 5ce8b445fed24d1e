using Microsoft.Extensions.Time.Testing;

namespace Norris.Tests.Http;

/// <summary>Ways to wait that depend on what happens, never on how fast.</summary>
internal static class Waiting
{
    /// <summary>Moves the clock on, a step at a time, until the task is done; returns how far it went.</summary>
    public static async Task<TimeSpan> AdvanceUntilAsync(this FakeTimeProvider clock, Task task)
    {
        DateTimeOffset start = clock.GetUtcNow();
        while (!task.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await task;
        return clock.GetUtcNow() - start;
    }

    /// <summary>A task that ends when the token is cancelled.</summary>
    public static Task WhenCancelledAsync(this CancellationToken token)
    {
        TaskCompletionSource cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(cancelled.SetResult);
        return cancelled.Task;
    }
}
