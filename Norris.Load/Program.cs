namespace Norris.Load;

/// <summary>The load program: storms real nodes and says whether the order held, and how fast it went.</summary>
internal static class Program
{
    private static int Main() => 0;
}
