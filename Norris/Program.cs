namespace Norris;

/// <summary>The process: reads the command line, starts a node, and turns its end into an exit status.</summary>
internal static class Program
{
    private static int Main() => 0;
}
