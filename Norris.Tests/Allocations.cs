namespace Norris.Tests;

/// <summary>What must cost no memory, however often it is done.</summary>
internal static class Allocations
{
    private const int Times = 10_000;

    /// <summary>Does it often, and checks that it allocates nothing.</summary>
    public static void AreNone(Action<int> act)
    {
        act(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Times; i++)
        {
            act(i);
        }
        // The least object has 24 bytes. The runtime takes a thousand or so, once, on the thread on which it notices that something is worth compiling again.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Times - 1);
    }
}
