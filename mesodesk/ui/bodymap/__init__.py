"""The chart on the body: canvas, gestures, panels. `chart_panel.ChartPanel` is the whole of it.

model           ChartModel: the document, what is selected, what is in hand; every change
canvas          draws the body and the points; turns mouse, touch and keys into gestures
gestures        one class per gesture
layer, figure   the cached picture; placed: where points show in a view; marks: their looks
chart_view      canvas with tools, view thumbnails, popover and notices
*_panel         syringes, settings of the next point, groups of points, totals
"""
