namespace Norris.Tests;

/// <summary>What must cost no memory, however often it is done.</summary>
internal static class Allocations
{
    private const int Times = 1000;

    /// <summary>Does it often, and checks that it allocates nothing.</summary>
    public static void AreNone(Action<int> act)
    {
        act(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Times; i++)
        {
            act(i);
        }
        // The least object has 24 bytes. The runtime takes some hundred on the thread that it notices on that something is worth compiling again, once.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Times - 1);
    }
}
