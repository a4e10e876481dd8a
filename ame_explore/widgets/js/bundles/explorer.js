// Built by ame_explore/widgets/js/build.js; sources: sha256 9cddb4d9d9c78d38b6e3a3db882fdb7e3721a093e0f10ea2ffe50cf03533e225
var x=()=>(performance.timeOrigin+performance.now())/1e3;var dt=.4,Rt=3,zt={f4:Float32Array,i4:Int32Array,i2:Int16Array,u1:Uint8Array};function G(o,t){if(Array.isArray(o))return o.
map(e=>G(e,t));if(o===null||typeof o!="object")return o;if("buffer"in o&&"dtype"in o){let e=t[o.buffer],s=ArrayBuffer.isView(
e)?e.buffer.slice(e.byteOffset,e.byteOffset+e.byteLength):e.slice(0);return Object.assign(new zt[o.dtype](s),{shape:o.shape})}
return Object.fromEntries(Object.entries(o).map(([e,i])=>[e,G(i,t)]))}var X=class{constructor(t){this.model=t,this.page=
Array.from({length:4},()=>Math.random().toString(36).slice(2,8)).join(""),this.views=new Set,this.kept={},this.frame=null,
this.waiting=null,this.oldest=0,this.drawnAge=0,this.drawMs=0,this.there=!1,this.left=!0,this.gone=!1,this.low=-1/0,this.
high=1/0,this.heardAt=this.freshAt=x(),this.pingedAt=-1/0,this.onMessage=(e,i)=>this.receive(e,i),t.on("msg:custom",this.
onMessage),this.onVisible=()=>this.look(),document.addEventListener("visibilitychange",this.onVisible),this.timer=setInterval(
()=>this.watch(),500)}close(){clearInterval(this.timer),document.removeEventListener("visibilitychange",this.onVisible),
this.model.off("msg:custom",this.onMessage),this.send({type:"away",left:!0})}send(t){try{this.model.send({...t,page:this.
page,t:x()}),this.gone=!1}catch{this.gone=!0}}tell(t){this.send(t)}mount(t){this.views.add(t),t.seen=!0;let e=new IntersectionObserver(
s=>{t.seen=s[s.length-1].isIntersecting,this.look()},{rootMargin:"300px"});e.observe(t.el);for(let[s,n]of Object.entries(
this.kept))t.retained?.(s,n);this.frame&&!(this.frame.moving&&this.age(this.frame)>dt)&&t.draw(this.frame);let i=this.there;
return this.look(),i&&this.tell({type:"ready",have:this.have()}),()=>{e.disconnect(),this.views.delete(t),this.look()}}have(){
return Object.fromEntries(Object.entries(this.kept).map(([t,e])=>[t,e.retained]))}look(){let t=[...this.views],e=!document.
hidden&&t.some(n=>n.seen&&n.el.isConnected),i=!t.some(n=>n.el.isConnected);if(e===this.there&&i===this.left)return;let s=e&&
!this.there;[this.there,this.left]=[e,i],!(e&&!s)&&(this.heardAt=this.freshAt=x(),this.tell(e?{type:"ready",have:this.have()}:
{type:"away",left:i}))}watch(){if(this.look(),!this.there)return;let t=x()-this.heardAt;t>(this.frame?.moving?1:4)&&x()-
this.pingedAt>=1&&(this.pingedAt=x(),this.tell({type:"ping",have:this.have()}));for(let e of this.views)e.silent?.(t>8||
this.gone?t:0,this.gone)}receive(t,e=[]){if(this.heardAt=x(),t.type==="hello"){let{page:s,t:n,time:r}=t;s===this.page&&(this.
high=Math.min(this.high,r-n));return}let i=G(t,e);if(t.type==="frame"){this.low=Math.max(this.low,i.time-x());let s=i.heard[this.
page];s&&(this.high=Math.min(this.high,s[1]-s[0])),this.low>this.high&&([this.low,this.high]=[i.time-x(),1/0]);let n=this.
waiting!==null;this.waiting=i,n||requestAnimationFrame(()=>this.paint())}else if(t.retained){this.kept[t.type]=i;for(let s of this.
views)s.retained?.(t.type,i)}else for(let s of this.views)s.message?.(i,e)}age(t){let e=Number.isFinite(this.high)?(this.
low+this.high)/2:this.low;return Math.max(0,x()+e-t.time)}paint(){let t=this.waiting;if(this.waiting=null,!t||!this.there)
return;let e=x(),i=this.age(t),s=i>dt,n=s&&e-this.freshAt<Rt;if(!n){s||(this.freshAt=e),this.frame=t,this.drawnAge=i;for(let r of this.
views)try{r.draw(t),r.late?.(s?i:0)}catch(l){console.error("ame_explore: a view could not be drawn",l)}this.drawMs=1e3*(x()-
e)}this.oldest=Math.max(this.oldest,n?0:i),!(!t.ask&&!n)&&(this.tell({type:"ack",n:t.n,age_ms:1e3*(n?i:this.oldest),stale:n}),
this.oldest=0)}};function mt(o){return()=>{let t;return{initialize({model:e}){return t=new X(e),()=>t.close()},render({el:e}){
let i=o(t,e),s=t.mount(i);return()=>{s(),i.close?.()}}}}}var Dt=new Set(["svg","path"]),ft={text:"textContent",value:"value",checked:"checked"};function a(o,t={},...e){let i=Dt.
has(o)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",s=document.createElementNS(i,o);s.append(...e.flat(1/0).
filter(n=>n!=null&&n!==!1));for(let[n,r]of Object.entries(t))r==null||r===!1||(n.startsWith("on")?s.addEventListener(n.slice(
2),r):n in ft?s[ft[n]]=r:s.setAttribute(n,r===!0?"":String(r)));return s}function k(o,t){o.textContent!==t&&(o.textContent=
t)}function M(o,t){o.hidden===t&&(o.hidden=!t)}function C(){let o=document.body.dataset.jpThemeLight;return o!==void 0?o==="false":["vscode-dark","dark-theme"].some(t=>document.
body.classList.contains(t))}var pt=o=>o.replaceAll("-","−");function jt(o,t=3,{signed:e=!1}={}){if(typeof o!="number"||!Number.isFinite(o))return"–";if(o===0)return"0";let[i,s]=o.
toExponential(t-1).split("e"),n=t-1-Number(s),r=n>=-3&&n<=t+2?o.toFixed(Math.max(n,0)):`${i}e${Number(s)}`;return pt(e&&
o>0?`+${r}`:r)}function D(o){return o==null||o===""?"–":typeof o!="number"?String(o):Number.isInteger(o)&&Math.abs(o)<
1e6?pt(String(o)):jt(o)}var Ft=o=>o===null?"":new Date(1e3*o).toISOString().slice(0,10),j=class{constructor(t){this.owner=t,this.chips=a("div",{
class:"ame-chips","data-testid":"chips","aria-live":"polite"}),this.window=a("div",{class:"ame-window",hidden:!0,role:"d\
ialog","data-testid":"filter-window"}),this.opener=null,this.window.addEventListener("keydown",e=>{e.stopPropagation(),e.
key==="Escape"&&this.close()})}draw(){let{shown:t}=this.owner.model,e=(t?.chips??[]).map(({words:i,count:s},n)=>a("span",
{class:"ame-chip"},a("span",{class:"ame-chip-words",title:i},i),a("b",{},s.toLocaleString("en")),a("button",{type:"butto\
n",title:"Remove this filter","aria-label":`Remove the filter ${i}`,onclick:()=>this.owner.send({type:"drop",place:n})},
"×")));e.length>1&&e.push(a("button",{type:"button",class:"ame-link",onclick:()=>this.owner.send({type:"clear"})},"remo\
ve all")),this.chips.replaceChildren(...e)}open(t,e){let i=this.owner.model.facts?.columns.find(c=>c.name===t);if(!i)return;
if(!this.window.hidden&&this.opener===e)return this.close();this.opener=e;let s=a("strong",{},`Show pairs by ${i.title}`),
n=i.kind==="number"||i.kind==="date"?this.range(i):i.kind==="category"?this.words(i):this.text(i);this.window.replaceChildren(
s,n),this.window.hidden=!1;let r=e.getBoundingClientRect(),l=this.owner.root.getBoundingClientRect();this.window.style.left=
`${Math.max(8,Math.min(r.left-l.left,l.width-330))}px`,this.window.style.top="",this.window.style.bottom=`${l.bottom-r.top+
6}px`,this.window.querySelector("input")?.focus()}close(){this.window.hidden=!0,this.opener?.focus(),this.opener=null}keep(t){
this.owner.send({type:"keep",condition:t}),this.close()}form(t,...e){return a("form",{onsubmit:i=>{i.preventDefault(),t()}},
...e,a("div",{class:"ame-row"},a("button",{type:"submit",class:"ame-button"},"Show these"),a("button",{type:"button",class:"\
ame-button",onclick:()=>this.close()},"Cancel")))}range(t){let e=t.kind==="date",i=(l,c)=>a("input",e?{type:"date","aria\
-label":l,value:Ft(c)}:{type:"number",step:"any","aria-label":l,placeholder:D(c)}),s=i("from",t.low),n=i("to",t.high),r=(l,c)=>l.
value===""?null:e?Date.parse(`${l.value}T00:00:00Z`)/1e3+c:Number(l.value);return this.form(()=>this.keep({kind:"between",
column:t.name,low:r(s,0),high:r(n,86399)}),a("div",{class:"ame-row"},"from",s,"to",n),e?null:a("div",{class:"ame-muted"},
`known values: ${D(t.low)} to ${D(t.high)}`))}words(t){let i=[...t.words,null].map((s,n)=>({word:s,box:a("input",{type:"\
checkbox"}),count:t.counts[n]}));return this.form(()=>{let s=i.filter(({box:n})=>n.checked).map(({word:n})=>n);s.length&&
this.keep({kind:"one of",column:t.name,values:s})},a("div",{class:"ame-choices"},...i.filter(({count:s})=>s>0).map(({word:s,
box:n,count:r})=>a("label",{},n,a("span",{},s??"unknown"),a("b",{},r.toLocaleString("en"))))))}text(t){let e=a("input",{
type:"text","aria-label":"words"});return this.form(()=>e.value.trim()&&this.keep({kind:"says",text:e.value,column:t.name}),
a("div",{class:"ame-row"},"says",e))}};var Wt=1;var Q=new WeakMap,ut;function W(o){ut??=new ResizeObserver(l=>{for(let{target:c}of l)Q.set(c,[c.clientWidth,c.clientHeight]),
c.dispatchEvent(new Event("ame-size",{bubbles:!0}))});let t=Math.min(2,Wt*(window.devicePixelRatio||1)),e=Q.get(o);e||(ut.
observe(o),Q.set(o,e=[o.clientWidth,o.clientHeight]));let[i,s]=e,[n,r]=[Math.round(i*t),Math.round(s*t)];return(o.width!==
n||o.height!==r)&&(o.width=n,o.height=r),{width:i,height:s,scale:t}}function $(o,t){return o.getContext("2d",t)}function wt(o,t,e){
!t||t.length<2||(o.beginPath(),t.forEach(([i,s],n)=>o[n?"lineTo":"moveTo"](i,s)),o.closePath(),o.fillStyle=e.wash,o.fill(),
o.strokeStyle=e.accent,o.lineWidth=1.5,o.setLineDash([5,3]),o.stroke(),o.setLineDash([]))}var F={away:16,above:30,high:96};
function gt(o,[t,e],{width:i,height:s}){let n=t>.55*i;o.style.left=n?"":`${t+F.away}px`,o.style.right=n?`${i-t+F.away}px`:
"",o.style.top=`${Math.max(4,Math.min(s-F.high,e-F.above))}px`}var Z=({k:o,x0:t,y0:e},i,s)=>[i*o+t,e-s*o],J=({k:o,x0:t,y0:e},i,s)=>[(i-t)/o,(e-s)/o];function xt(o,t,e){let i=!1;for(let s=0,n=o.length-1;s<o.length;n=s++){let[r,l]=o[s],[c,h]=o[n];l>e!=h>e&&t<(c-r)*(e-l)/
(h-l)+r&&(i=!i)}return i}function tt(o){let[t,e,i,s]=[1/0,-1/0,1/0,-1/0];for(let n of o)for(let r=0;r<n.length;r+=2)t=Math.
min(t,n[r]),e=Math.max(e,n[r]),i=Math.min(i,n[r+1]),s=Math.max(s,n[r+1]);return t<e?[t,e,i,s]:null}var yt=18,bt=16,_t=200;
function vt(o,t,e=[]){return e.push(...o.map(({x:i,y:s,side:n=yt})=>[i-n/2,s-n/2,n,n])),o.map(({x:i,y:s,width:n,side:r=yt})=>{
let l=r/2,c=[[l+3,0],[-l-3-n,0],[-n/2,-l-8],[-n/2,l+8]];if(o.length<=_t){for(let m of[l+3,-l-3-n])c.push([m,-l-4],[m,l+4]);
for(let m of[-l,l-n])c.push([m,-l-8],[m,l+8])}let h=([m,d])=>[i+m-2,s+d-bt/2,n+4,bt],f=c.find(m=>{let[d,p,u,y]=h(m);return d>
0&&p>0&&d+u<t.width&&p+y<t.height&&!e.some(w=>d<w[0]+w[2]&&w[0]<d+u&&p<w[1]+w[3]&&w[1]<p+y)});return f&&e.push(h(f)),f??
null})}function Kt(o,t,e,i,s){let n=h=>{o.beginPath(),h.forEach(([f,m],d)=>o[d?"lineTo":"moveTo"](e+f*s,i+m*s)),o.closePath()},
r=(h,f,m=1)=>Array.from({length:h},(d,p)=>{let u=f+2*Math.PI*p/h;return[m*Math.cos(u),m*Math.sin(u)]}),l=h=>[[-h,-1],[h,
-1],[h,-h],[1,-h],[1,h],[h,h],[h,1],[-h,1],[-h,h],[-1,h],[-1,-h],[-h,-h]];t==="circle"?(o.beginPath(),o.arc(e,i,.92*s,0,
2*Math.PI)):t==="diamond"?n([[0,-1.1],[.95,0],[0,1.1],[-.95,0]]):t==="square"?n([[-.82,-.82],[.82,-.82],[.82,.82],[-.82,
.82]]):t==="triangle"?n(r(3,-Math.PI/2,1.15)):t==="triangle-down"?n(r(3,Math.PI/2,1.15)):t==="cross"?n(l(.38)):t==="x"?n(
(h=>h.map(([f,m])=>[(f-m)*Math.SQRT1_2,(f+m)*Math.SQRT1_2]))(l(.36))):t==="pentagon"?n(r(5,-Math.PI/2,1.05)):t==="hexago\
n"?n(r(6,0,1.05)):t==="bar"?n([[-1.05,-.5],[1.05,-.5],[1.05,.5],[-1.05,.5]]):t==="star"&&n(Array.from({length:10},(h,f)=>{
let m=-Math.PI/2+Math.PI*f/5,d=f%2?.48:1.15;return[d*Math.cos(m),d*Math.sin(m)]}))}var Bt={cross:[[-1,0,1,0],[0,-1,0,1]],
x:[[-.8,-.8,.8,.8],[-.8,.8,.8,-.8]]};function Ht(o,{shape:t,color:e,filled:i,halo:s,inside:n,edge:r=.55},l,c,h){let f=Bt[t];
if(!i&&f){o.lineCap="round";for(let{style:m,width:d}of[{style:s,width:(.2+r)*h},{style:e,width:Math.max(1.2,.32*h)}])if(m){
o.strokeStyle=m,o.lineWidth=d,o.beginPath();for(let[p,u,y,w]of f)o.moveTo(l+p*h,c+u*h),o.lineTo(l+y*h,c+w*h);o.stroke()}
return}Kt(o,t,l,c,h),s&&(o.lineWidth=r*h,o.strokeStyle=s,o.stroke()),i?(o.fillStyle=e,o.fill()):(o.fillStyle=n||s||"tran\
sparent",o.fill(),o.lineWidth=Math.max(1.2,.36*h),o.strokeStyle=e,o.stroke())}function O(o,t,e=1){let i=Math.ceil(t*1.6)+
1,s=2*i+1,n=document.createElement("canvas");n.width=n.height=s;let r=$(n,{willReadFrequently:!0});Ht(r,o,i+.5,i+.5,t);let{
data:l}=r.getImageData(0,0,s,s),c=[],h=[],f=[],m=[],d=[];for(let p=0;p<s*s;p++){let u=Math.round(l[4*p+3]/255*32*e);u&&(c.
push(p%s-i),h.push(Math.floor(p/s)-i),f.push(l[4*p]|l[4*p+2]<<16),m.push(l[4*p+1]<<8),d.push(u))}return{half:i,dx:Int32Array.
from(c),dy:Int32Array.from(h),rb:Int32Array.from(f),g:Int32Array.from(m),a:Int32Array.from(d)}}function kt(o,t,e,i,s,n){
let{half:r,dx:l,dy:c,rb:h,g:f,a:m}=i,d=Math.round(s),p=Math.round(n);if(d<r||p<r||d>=t-r||p>=e-r)return;let u=p*t+d;for(let y=0;y<
m.length;y++){let w=u+c[y]*t+l[y],g=o[w],b=32-m[y],v=(g&16711935)*b+h[y]*m[y]>>>5&16711935,E=(g&65280)*b+f[y]*m[y]>>>5&65280;
o[w]=4278190080|v|E}}function et(o){let t=document.createElement("canvas");t.width=t.height=1;let e=$(t);return e.fillStyle=
o,e.fillRect(0,0,1,1),e.getImageData(0,0,1,1).data}var Mt=32,qt=400,Ut=60,St={light:{paper:"#ffffff",text:"#1a1a1a",muted:"#5a5a5a",faint:"#dcdcdc",accent:"#0072b2",wash:"\
rgba(0,114,178,0.12)"},dark:{paper:"#111111",text:"#ececec",muted:"#b8b8b8",faint:"#333333",accent:"#5ab0ee",wash:"rgba(\
90,176,238,0.18)"}};function Yt(o,t){let[e,i,s]=et(o),n=(.3*e+.59*i+.11*s)/255,r=t&&n<.45?.45-n+.1:0;return`rgb(${[e,i,s].
map(l=>Math.round(l+r*(255-l))).join()})`}function Vt(o,t,{facts:e,mask:i}){if(!e||!t)return[];let s=o.flat(),n=tt([s]);
if(!n)return[];let[r,l,c,h]=n,f=u=>{let y=new Uint8Array(u.length/2);for(let w=0;w<y.length;w++){let g=u[2*w],b=u[2*w+1];
g>=r&&g<=l&&b>=c&&b<=h&&xt(o,g,b)&&(y[w]=1)}return y},m=f(t.image),d=f(t.text),p=[];for(let u=0;u<e.pairs;u++)(!i||i[u])&&
(m[e.image[u]]||d[e.text[u]])&&p.push(u);return p}var N=class{constructor(t,e=!1){this.owner=t,this.beside=e,this.canvas=
a("canvas",{class:"ame-points","aria-hidden":"true"}),this.over=a("canvas",{class:"ame-over",tabindex:"0",role:"applicat\
ion","data-testid":e?"pair-map-beside":"pair-map","aria-label":"Map of images and texts. Arrow keys move, plus and minus\
 zoom, 0 shows everything, N and B go to the next and previous pair, Escape clears the selection."}),this.tip=a("div",{class:"\
ame-tip",hidden:!0,role:"status"}),this.name=a("div",{class:"ame-model-name",hidden:!0}),this.el=a("div",{class:"ame-sta\
ge",hidden:e},this.canvas,this.over,this.name,this.tip),this.own={view:null,picture:""},this.pointed=!1,this.place=null,
this.image=null,this.pixels=new Uint32Array,this.moving=!1,this.lasso=null,this.drag=null,this.spriteKey="",this.made=null,
this.asked=!1;let i=this.over;i.addEventListener("pointerdown",s=>this.down(s)),i.addEventListener("pointermove",s=>this.
move(s)),i.addEventListener("pointerup",s=>this.up(s)),i.addEventListener("pointercancel",()=>this.cancel()),i.addEventListener(
"pointerleave",()=>this.hover(null)),i.addEventListener("wheel",s=>this.wheel(s),{passive:!1}),i.addEventListener("keydo\
wn",s=>this.key(s)),i.addEventListener("dblclick",()=>this.whole()),this.el.addEventListener("ame-size",()=>this.redraw())}get ink(){
return C()?St.dark:St.light}get points(){let{places:t}=this.owner.model;return this.beside?t?.beside??null:t}get frame(){
return this.owner.model.places?.shared?this.owner.frame:this.own}get view(){return this.frame.view}whole(){this.frame.view=
null,this.moved()}moved(){this.frame===this.own?this.redraw():this.owner.redrawMaps()}redraw(){this.asked||this.el.hidden||
(this.asked=!0,requestAnimationFrame(()=>{this.asked=!1,this.paint()}))}settle(t){let{places:e}=this.owner.model,{points:i,
frame:s}=this;if(!e||!i)return;if(e.picture!==s.picture&&([s.picture,s.view]=[e.picture,null]),!s.view){let m=(e.shared&&
e.beside?[e,e.beside]:[i]).flatMap(({image:w,text:g})=>[w,g]).map(w=>Array.from({length:w.length/2},(g,b)=>b).filter(g=>Number.
isFinite(w[2*g])).flatMap(g=>[w[2*g],w[2*g+1]])),[d,p,u,y]=tt(m)??[0,1,0,1];s.view={x:(d+p)/2,y:(u+y)/2,w:1.08*(p-d)||1,
h:1.08*(y-u)||1}}let{x:n,y:r,w:l,h:c}=s.view,h=Math.min(t.width/l,t.height/c);this.place={k:h,x0:t.width/2-n*h,y0:t.height/
2+r*h}}sprites(t){let{colors:e}=this.owner.model,i=C(),s=[e?.colors.join(),e?.scale,t,i].join("|");if(this.spriteKey!==s||
!this.made){this.spriteKey=s;let n=(e?.colors??["#0072B2","#D55E00"]).map(c=>Yt(c,i)),r=this.ink.paper,l=(c,h)=>({plain:O(
{shape:c,color:h,filled:!0,halo:null},t,.8),dim:O({shape:c,color:h,filled:!0,halo:null},t,.26),strong:O({shape:c,color:h,
filled:!0,halo:r,edge:.5},1.25*t)});this.made={image:n.map(c=>l("circle",c)),text:n.map(c=>l("diamond",c)),ghost:O({shape:"\
circle",color:this.ink.faint,filled:!0,halo:null},Math.max(1,.6*t),.7)}}return this.made}paint(){let t=W(this.canvas);W(
this.over);let{facts:e,colors:i,mask:s,selected:n,codes:r}=this.owner.model,l=this.points,{width:c,height:h}=this.canvas;
if(!e||!l||!c||!h)return;this.settle(t);let{k:f,x0:m,y0:d}=this.place,p=$(this.canvas);(!this.image||this.image.width!==
c||this.image.height!==h)&&(this.image=p.createImageData(c,h),this.pixels=new Uint32Array(this.image.data.buffer));let{pixels:u}=this,
[y,w,g]=et(this.ink.paper);u.fill(4278190080|g<<16|w<<8|y);let b=t.scale,v=e.pairs,E=b*Math.max(1,Math.min(4.5,Math.round(
30*Math.sqrt(t.width*t.height/(2*v)))/100)),L=this.sprites(E),[z,Lt,Tt]=[f*b,m*b,d*b],It=i?.scale??!1,rt=(i?.colors.length??
2)-1,q=s?[...n].some(A=>s[A]):n.size>0,lt=this.owner.flags(),Pt=(A,I)=>{if(!r)return I;let P=r[A];return It?P===255?rt:Math.
min(Mt-1,P*Mt>>8):P},U=A=>{for(let I of[1,0]){let P=I?l.text:l.image,Ct=I?e.text:e.image,Ot=I?L.text:L.image;for(let T=0;T<
v;T++){let ht=!s||s[T]===1;if((A===0?ht:!ht)||A===2&&!lt[T]||A===1&&q&&lt[T])continue;let ct=Ct[T],Y=P[2*ct];if(Y!==Y)continue;
let V=Ot[Math.min(Pt(T,I),rt)],Nt=A===0?L.ghost:A===2?V.strong:q?V.dim:V.plain;kt(u,c,h,Nt,Y*z+Lt,Tt-P[2*ct+1]*z)}}};this.
owner.model.hidden&&U(0),U(1),q&&U(2),p.putImageData(this.image,0,0),this.overlay(),this.beside||(this.owner.root.dataset.
painted=String(n.size))}overlay(){let{facts:t,mask:e,shown:i,selected:s,regions:n,active:r}=this.owner.model,{place:l,points:c}=this,
{hovered:h}=this.owner;if(!t||!c||!l)return;let f=W(this.over),{ink:m}=this,d=$(this.over);d.setTransform(f.scale,0,0,f.
scale,0,0),d.clearRect(0,0,f.width,f.height);let p=w=>[c.image,c.text].map((g,b)=>{let v=b?t.text[w]:t.image[w];return Z(
l,g[2*v],g[2*v+1])}),u=(w,g,b)=>{d.beginPath();for(let v of w){let[E,L]=p(v);d.moveTo(...E),d.lineTo(...L)}d.lineWidth=g,
d.strokeStyle=b,d.stroke()},y=s.size||(i?.count??0);if(y&&y<=qt){let w=s.size?s:Array.from({length:t.pairs},(g,b)=>b).filter(
g=>!e||e[g]);d.globalAlpha=Math.max(.15,1/Math.sqrt(y)),u(w,1.2,m.text),d.globalAlpha=1}if(n.length&&!this.beside){d.font=
"600 13px system-ui, sans-serif",d.textBaseline="middle",d.lineJoin="round";let w=n.map(({name:g,x:b,y:v,count:E})=>{let[
L,z]=Z(l,b,v);return{text:g,x:L,y:z,count:E,width:d.measureText(g).width,side:2}}).filter(({x:g,y:b})=>g>0&&b>0&&g<f.width&&
b<f.height).sort((g,b)=>b.count-g.count);vt(w,f).forEach((g,b)=>{g&&(d.lineWidth=4,d.strokeStyle=m.paper,d.fillStyle=m.text,
d.strokeText(w[b].text,w[b].x+g[0],w[b].y+g[1]),d.fillText(w[b].text,w[b].x+g[0],w[b].y+g[1]))})}for(let[w,g]of[[r,2],[h,
1.5]])if(w!==null){u([w],g,m.text);for(let[b,v]of p(w))d.beginPath(),d.arc(b,v,8,0,2*Math.PI),d.lineWidth=2,d.strokeStyle=
w===r?m.accent:m.text,d.stroke()}wt(d,this.lasso,m),this.say(f,p)}say(t,e){let{hovered:i}=this.owner,s=i===null||!this.pointed?
null:this.owner.wordsOf(i);this.tip.hidden=s===null,!(i===null||s===null)&&(this.tip.replaceChildren(a("div",{},...s.map(
(n,r)=>a(r?"div":"strong",{},n)))),gt(this.tip,e(i)[this.side],t))}side=0;under(t){let{facts:e,mask:i}=this.owner.model,
s=this.points;if(!e||!s||!this.place)return null;let{k:n,x0:r,y0:l}=this.place,c=144,h=null;for(let f of[0,1]){let m=f?s.
text:s.image,d=f?e.text:e.image;for(let p=0;p<e.pairs;p++){if(i&&!i[p])continue;let u=m[2*d[p]]*n+r-t.offsetX,y=l-m[2*d[p]+
1]*n-t.offsetY,w=u*u+y*y;w<c&&([c,h,this.side]=[w,p,f])}}return h}hover(t){this.pointed=t!==null,t!==this.owner.hovered&&
(this.owner.hovered=t,t!==null&&this.owner.need(t),this.owner.overlays())}down(t){t.button!==0||!this.place||(this.over.
focus({preventScroll:!0}),this.over.setPointerCapture(t.pointerId),this.drag={x:t.offsetX,y:t.offsetY,far:!1,add:t.shiftKey},
this.lasso=this.moving?null:[[t.offsetX,t.offsetY]])}move(t){let{drag:e,view:i,place:s}=this;if(!e)return this.hover(this.
under(t));e.far||=Math.hypot(t.offsetX-e.x,t.offsetY-e.y)>4,e.far&&(this.lasso?(this.lasso.push([t.offsetX,t.offsetY]),this.
owner.hovered=null,this.overlay()):i&&s&&(i.x-=t.movementX/s.k,i.y+=t.movementY/s.k,this.moved()))}up(t){let{drag:e,lasso:i,
place:s}=this;if(this.cancel(),!(!e||!s)){if(e.far)i&&this.owner.pick(Vt(i.map(([n,r])=>J(s,n,r)),this.points,this.owner.
model),e.add);else{let n=this.under(t);n!==null?this.owner.pick([n],e.add):e.add||this.owner.pick([],!1)}this.overlay()}}cancel(){
this.drag=this.lasso=null}zoom(t,e,i){let{view:s,place:n}=this;if(!(!s||!n)){if(e!==void 0&&i!==void 0){let[r,l]=J(n,e,i);
s.x=r+(s.x-r)*t,s.y=l+(s.y-l)*t}s.w*=t,s.h*=t,this.moved()}}wheel(t){t.preventDefault(),this.zoom(Math.exp(.0015*t.deltaY),
t.offsetX,t.offsetY)}key(t){let{view:e,place:i}=this;if(!e||!i||t.ctrlKey||t.metaKey||t.altKey)return;let s=Ut/i.k,n=t.key.
toLowerCase();if(n==="arrowleft")e.x-=s;else if(n==="arrowright")e.x+=s;else if(n==="arrowup")e.y+=s;else if(n==="arrowd\
own")e.y-=s;else if(n==="+"||n==="=")this.zoom(.8);else if(n==="-")this.zoom(1.25);else if(n==="0")this.frame.view=null;else if(n===
"n"||n==="b")this.owner.step(n==="n"?1:-1);else if(n==="escape")this.owner.pick([],!1);else return;t.preventDefault(),t.
stopPropagation(),this.moved()}};var _=class{constructor(t){this.owner=t;let e=(i,s,n)=>a("button",{type:"button",class:"ame-button",title:s,onclick:()=>t.
step(n)},i);this.title=a("strong",{"data-testid":"pair-title"}),this.where=a("span",{class:"ame-muted"}),this.content=a(
"div",{class:"ame-pair-content"}),this.note=a("textarea",{rows:2,"aria-label":"Your note on this pair",placeholder:"Your\
 note on this pair"}),this.note.addEventListener("change",()=>this.row!==null&&t.send({type:"note",row:this.row,text:this.
note.value})),this.note.addEventListener("keydown",i=>i.stopPropagation()),this.el=a("section",{class:"ame-pair","aria-l\
abel":"The selected pair","data-testid":"pair-panel",tabindex:"0"},a("div",{class:"ame-row ame-pair-head"},e("‹","Prev\
ious pair (B or ↑)",-1),e("›","Next pair (N or ↓)",1),this.title,this.where,a("button",{type:"button",class:"ame-b\
utton ame-at-end",title:"Save this pair as an image","data-testid":"png-pair",onclick:()=>t.saveView(this.el,this.title.
textContent||"pairs")},"PNG")),this.content),this.el.addEventListener("keydown",i=>{let s={n:1,ArrowRight:1,b:-1,ArrowLeft:-1}[i.
key];s&&(t.step(s),i.preventDefault(),i.stopPropagation())}),this.row=null}draw(){let{face:t,grid:e,selected:i}=this.owner.
model;this.row=t?.row??null;let s=e&&i.size>1?this.grid(e):null;if(!t){k(this.title,i.size?"":"No pair selected"),k(this.
where,""),this.content.replaceChildren(s??a("p",{class:"ame-muted"},"Draw a lasso on the map, click a point or a row of \
the table, or press N for the next pair."));return}k(this.title,`pair ${t.id}`),k(this.where,t.place<0?"not among the pa\
irs that are shown":`${(t.place+1).toLocaleString("en")} of ${t.count.toLocaleString("en")}`),document.activeElement!==this.
note&&(this.note.value=t.note);let[n,...r]=t.captions;this.content.replaceChildren(...[s,t.picture?a("img",{class:"ame-l\
arge",src:t.picture,alt:`image of pair ${t.id}`}):null,a("p",{class:"ame-own"},n),...r.map(l=>a("p",{class:"ame-muted"},
l)),a("dl",{class:"ame-figures-list"},...t.figures.flatMap(([l,c])=>[a("dt",{},l),a("dd",{},c)])),...t.groups.filter(({pairs:l})=>l.
length).map(({title:l,pairs:c})=>a("div",{class:"ame-near"},a("h5",{},l),...c.map(h=>this.near(h)))),a("div",{class:"ame\
-row"},"pairs like this one in",...["image","text","joint"].map(l=>a("button",{type:"button",class:"ame-button","data-li\
ke":l,onclick:()=>this.owner.send({type:"like",row:t.row,space:l})},l==="joint"?"both":l))),this.note].filter(l=>l!==null))}near({
row:t,caption:e,figures:i,warn:s,picture:n}){return a("button",{type:"button",class:`ame-near-pair${s?" ame-warn":""}`,onclick:()=>this.
owner.pick([t],!1)},n?a("img",{src:n,alt:""}):null,a("span",{class:"ame-near-words"},e),a("span",{class:"ame-near-figure\
s"},i))}grid({count:t,pairs:e}){let i=t>e.length?`, the first ${e.length}`:"";return a("div",{class:"ame-grid-of","data-\
testid":"pair-grid"},a("div",{class:"ame-muted"},`${t.toLocaleString("en")} pairs selected${i}`),a("div",{class:"ame-til\
es"},...e.map(({row:s,caption:n,picture:r})=>a("button",{type:"button",class:s===this.row?"ame-chosen":null,title:n,onclick:()=>this.
owner.look(s)},r?a("img",{src:r,alt:n}):a("span",{},n)))))}};var K=30,R=8;function At(o,{title:t,keys:e,ink:i}){let s=document.createElement("canvas"),n=o[0].layers[0],r=n.width/Math.
max(1,n.clientWidth);s.width=o.reduce((d,{layers:p})=>d+p[0].width,0)+(o.length-1)*R*r,s.height=Math.max(...o.map(({layers:d})=>d[0].
height))+K*r;let l=$(s);l.fillStyle=i.paper,l.fillRect(0,0,s.width,s.height),l.font=`${13*r}px system-ui, sans-serif`,l.
textBaseline="middle";let c=K*r/2,h=R*r,f=(d,p,u)=>{l.fillStyle=p,l.fillText(d,h,c),h+=l.measureText(d).width+u*r};t&&f(
t,i.text,R);for(let{name:d,color:p}of e)f("●",p,4),f(d,i.text,14);let m=0;for(let{layers:d,name:p}of o){for(let u of d)
l.drawImage(u,m,K*r);l.fillStyle=i.text,l.fillText(p,m+R*r,K*r+c/1.5),m+=d[0].width+R*r}return s}async function $t(o,t,e){
let i=Math.max(o.scrollWidth,o.clientWidth)+2,s=[o,...o.querySelectorAll("*")].map(u=>u.scrollHeight-u.clientHeight),n=e??
o.offsetHeight+Math.max(...s),r=o.cloneNode(!0),l=[o,...o.querySelectorAll("*")],c=[r,...r.querySelectorAll("*")];l.forEach(
(u,y)=>{let w=getComputedStyle(u);c[y].style.cssText=[...w].map(g=>`${g}:${w.getPropertyValue(g)}`).join(";"),(u instanceof
HTMLInputElement||u instanceof HTMLTextAreaElement)&&c[y].setAttribute("value",u.value),u instanceof HTMLTextAreaElement&&
(c[y].textContent=u.value)});for(let u of c.filter(y=>["auto","scroll"].includes(y.style.overflowY)))Object.assign(u.style,
{overflow:"visible",height:"auto",maxHeight:"none"});for(let u of c.filter(y=>y.style.transform.startsWith("matrix")&&e))
u.style.transform="none";Object.assign(r.style,{margin:"0",width:`${i}px`,height:`${n}px`}),r.setAttribute("xmlns","http\
://www.w3.org/1999/xhtml");let h=new XMLSerializer().serializeToString(r),f=new Image;f.src=`data:image/svg+xml;charset=\
utf-8,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="${i}" height="${n}"><foreignObject width="100\
%" height="100%">${h}</foreignObject></svg>`)}`,await f.decode();let m=document.createElement("canvas"),d=Math.max(2,window.
devicePixelRatio);[m.width,m.height]=[i*d,n*d];let p=$(m);return p.fillStyle=t,p.fillRect(0,0,m.width,m.height),p.drawImage(
f,0,0,m.width,m.height),m}function st(o,t){o.toBlob(e=>{if(!e)return;let i=URL.createObjectURL(e);a("a",{href:i,download:`${t.
replace(/[^\w.-]+/g,"_")}.png`}).click(),setTimeout(()=>URL.revokeObjectURL(i),1e4)},"image/png")}var B=class{constructor(t,e,i){this.owner=t,this.table=e,this.cross=i,this.tabs=a("div",{class:"ame-tabs",role:"tablist",
"aria-label":"what is below the map"}),this.sheet=a("div",{class:"ame-sheet",role:"tabpanel","data-testid":"sheet",hidden:!0}),
this.open=""}draw({tabs:t,open:e}){let i=e?.name??"";this.open=i,M(this.tabs,t.length>0),this.tabs.replaceChildren(...[{
name:"",title:"Pairs"},...t].map(s=>a("button",{type:"button",role:"tab","data-tab":s.name||"pairs","aria-selected":String(
s.name===i),onclick:()=>this.owner.send({type:"sheet",name:s.name,choice:""})},s.title))),M(this.table,!e),M(this.sheet,
!!e),this.sheet.replaceChildren(...e?this.parts(e):[]),e||this.owner.table.redraw()}parts(t){let{name:e,words:i,head:s,lines:n,
choices:r,choice:l,code:c}=t;return[r.length?a("div",{class:"ame-row ame-choice"},a("span",{},t.choosing),...r.map(h=>a(
"button",{type:"button",class:"ame-button","aria-pressed":String(h.name===l),"data-choice":h.name,onclick:()=>this.owner.
send({type:"sheet",name:e,choice:h.name})},h.label))):null,t.asks.length?this.question(t):null,...i.map(h=>a("p",{class:"\
ame-muted"},h)),e==="classes"?this.cross:null,s.length&&n.length?a("table",{},a("thead",{},a("tr",{},...s.map(h=>a("th",
{scope:"col"},h)))),a("tbody",{},...n.map((h,f)=>a("tr",{},...h.map((m,d)=>a("td",{class:m.warn?"ame-warn":null},m.act?a(
"button",{type:"button",title:"Show these pairs",onclick:()=>this.owner.send({type:"entry",name:e,line:f,place:d})},m.text):
m.text)))))):null,c?a("pre",{"data-testid":"code"},c):null,c?a("button",{type:"button",class:"ame-button",onclick:()=>navigator.
clipboard?.writeText(c)},"copy"):null].filter(h=>h!==null)}question({name:t,asks:e}){let i=e.map(s=>a("input",{type:"tex\
t",value:s.value,"data-testid":`ask-${s.name}`}));for(let s of i)s.addEventListener("keydown",n=>n.stopPropagation());return a(
"form",{class:"ame-row",onsubmit:s=>{s.preventDefault(),this.owner.send({type:t,...Object.fromEntries(e.map((n,r)=>[n.name,
i[r].value]))})}},...e.map((s,n)=>a("label",{},s.label,i[n])),a("button",{type:"submit",class:"ame-button"},"classify"))}};var Gt=250,S=28,it=60,nt=8e6,Xt=3e3;function ot({name:o,kind:t,title:e}){return o==="caption"?260:t==="number"&&e.length<=
14?104:132}var H=class{constructor(t){this.owner=t,this.head=a("div",{class:"ame-table-row ame-table-head",role:"row"}),
this.body=a("div",{class:"ame-table-body"}),this.spacer=a("div",{class:"ame-table-spacer"},this.body),this.el=a("div",{class:"\
ame-table",role:"grid",tabindex:"0","data-testid":"pair-table","aria-label":"Table of the pairs: up and down go to the n\
ext and previous pair"},this.head,this.spacer),this.rows=new Map,this.asked=new Set,this.turn=-1,this.clicked={place:-1,
turn:-1},this.due=!1,this.el.addEventListener("scroll",()=>this.redraw()),this.el.addEventListener("keydown",e=>{let i={
ArrowDown:1,ArrowUp:-1}[e.key];i&&(e.preventDefault(),e.stopPropagation(),t.step(i))}),new ResizeObserver(()=>this.redraw()).
observe(this.el)}drawHead(){let{facts:t,shown:e}=this.owner.model;if(!t)return;let i=t.columns.map(s=>s.name==="caption"?
`minmax(${ot(s)}px, 3fr)`:`${ot(s)}px`);this.el.style.setProperty("--ame-columns",`64px ${i.join(" ")}`),this.el.style.setProperty(
"--ame-width",`${64+t.columns.reduce((s,n)=>s+ot(n),0)}px`),this.el.setAttribute("aria-colcount",String(t.columns.length+
1)),this.head.replaceChildren(a("div",{role:"columnheader",class:"ame-number"},"pair"),...t.columns.map(({name:s,title:n,
kind:r})=>{let l=e?.sort===s;return a("div",{role:"columnheader","aria-sort":l?e.descending?"descending":"ascending":"no\
ne",class:r==="number"&&"ame-number"},a("button",{type:"button",title:`Sort by ${n}`,"data-sort":s,onclick:()=>this.owner.
send({type:"sort",column:s,descending:l?!e.descending:r==="number"})},n,l?e.descending?" ↓":" ↑":""),a("button",{type:"\
button",class:"ame-filter-button",title:`Filter by ${n}`,"aria-label":`Filter by ${n}`,"data-filter":s,onclick:c=>this.owner.
filters.open(s,c.currentTarget)},"⚲"))}))}renew(){this.rows.clear(),this.asked.clear(),this.turn=this.owner.model.shown?.
turn??-1;let t=this.owner.model.shown?.count??0;this.el.setAttribute("aria-rowcount",String(t+1)),this.spacer.style.height=
`${Math.min(nt,t*S)}px`,this.drawHead(),this.redraw()}redraw(){this.due||(this.due=!0,requestAnimationFrame(()=>{this.due=
!1,this.draw()}))}get high(){return this.el.clientHeight||Gt}top(){let t=this.owner.model.shown?.count??0,e=this.high-S,
i=Math.min(nt,t*S)-e,s=i>0?Math.min(1,this.el.scrollTop/i):0;return Math.max(0,s*(t-e/S))}draw(){let{shown:t,selected:e,
active:i}=this.owner.model;if(!t)return;let s=this.top(),n=Math.floor(s),r=Math.ceil(this.high/S)+1;this.body.style.transform=
`translateY(${this.el.scrollTop-(s-n)*S}px)`;let l=[];for(let c=n;c<Math.min(t.count,n+r);c++){let h=this.rows.get(c);h||
this.ask(c);let f=h?e.has(h.row):!1,m=a("div",{role:"row",class:`ame-table-row${f?" ame-chosen":""}${h&&h.row===i?" ame-\
active":""}`,"aria-selected":String(f),"aria-rowindex":c+2,"data-row":h?.row},...(h?.cells??["…"]).map((d,p)=>a("div",
{role:"gridcell",class:this.kind(p),title:p&&d.length>20?d:null},d)));h&&m.addEventListener("click",d=>this.click(c,h.row,
d)),m.addEventListener("mousedown",d=>d.shiftKey&&d.preventDefault()),l.push(m)}this.body.replaceChildren(...l),this.el.
dataset.drawn=String(l.filter(c=>c.dataset.row!==void 0).length),this.el.dataset.turn=String(this.turn)}click(t,e,i){let s=this.
clicked.turn===this.turn?this.clicked.place:-1;if(i.shiftKey||(this.clicked={place:t,turn:this.turn}),!i.shiftKey||s<0)return this.
owner.pick([e],i.ctrlKey||i.metaKey||i.shiftKey);let n=[...this.rows].filter(([r])=>r>=Math.min(s,t)&&r<=Math.max(s,t)).
sort(([r],[l])=>r-l);this.owner.pick(n.map(([,r])=>r.row),i.ctrlKey||i.metaKey)}kind(t){let e=t?this.owner.model.facts?.
columns[t-1]:null;return!e||e.kind==="number"?"ame-number":e.name==="caption"?"ame-caption":""}ask(t){let e=Math.floor(t/
it);this.asked.has(e)||(this.asked.add(e),this.owner.send({type:"rows",turn:this.turn,start:e*it,count:it}))}take({turn:t,
start:e,rows:i}){t===this.turn&&(this.rows.size>Xt&&(this.rows.clear(),this.asked.clear()),i.forEach((s,n)=>this.rows.set(
e+n,s)),this.redraw())}reveal(t){let e=this.owner.model.shown?.count??0,i=(this.high-2*S)/S,s=this.top();if(t<0||t>=s&&t<
s+i-.5)return;let n=Math.min(nt,e*S)-(this.high-S),r=t<s?t:t-i+1;this.el.scrollTop=r/Math.max(1,e-i-1)*n,this.redraw()}};
function Et(o,t,e,i){let s=t===e?`${e.toLocaleString("en")} pairs`:`${t.toLocaleString("en")} of ${e.toLocaleString("en")}\
 pairs`;k(o,i?`${s}, ${i.toLocaleString("en")} selected`:s)}var at=class{constructor(t){this.client=t,this.model={facts:null,places:null,colors:null,codes:null,shown:null,mask:null,
hidden:!0,selected:new Set,active:null,regions:[],face:null,grid:null},this.flagged=null,this.picked=-1/0,this.heard=-1/0,
this.words=new Map,this.frame={view:null,picture:""},this.hovered=null,this.map=new N(this),this.second=new N(this,!0),this.
filters=new j(this),this.table=new H(this),this.panel=new _(this),this.pictures=a("select",{"aria-label":"map","data-tes\
tid":"picture",onchange:()=>this.send({type:"picture",picture:this.pictures.value})}),this.models=a("select",{"aria-labe\
l":"model","data-testid":"model",onchange:()=>this.send({type:"model",model:this.models.value})}),this.modelLabel=a("lab\
el",{hidden:!0},"model",this.models),this.color=a("select",{"aria-label":"colour","data-testid":"color",onchange:()=>this.
send({type:"color",column:this.color.value})}),this.search=a("input",{type:"search",placeholder:"words in captions","ari\
a-label":"search","data-testid":"search"}),this.search.addEventListener("keydown",e=>{e.stopPropagation(),e.key==="Enter"&&
this.find(!1)}),this.meaning=a("button",{type:"button",class:"ame-button",hidden:!0,onclick:()=>this.find(!0)},"by meani\
ng"),this.concept=a("button",{type:"button",class:"ame-button",hidden:!0,title:"A direction between two texts, with “ vs\
 ” between them, as an axis of the map",onclick:()=>this.askConcept()},"as concept"),this.tool=a("button",{type:"butto\
n",class:"ame-button","aria-pressed":"false",title:"Drag to move the map in place of drawing a lasso",onclick:()=>this.turnTool()},
"move"),this.image=a("button",{type:"button",class:"ame-button",title:"Save the map as an image","data-testid":"png",onclick:()=>this.
save()},"PNG"),this.only=a("button",{type:"button",class:"ame-button",title:"Show only the selected pairs","data-testid":"\
only",onclick:()=>this.send({type:"only"})},"only selected"),this.files=[["csv","Write the selected pairs with all colum\
ns to a CSV file beside the notebook"],["test","Write a pytest file that checks the ranks of the selected pairs, for the\
 next model"]].map(([e,i])=>a("button",{type:"button",class:"ame-button",title:i,"data-testid":`as-${e}`,onclick:()=>this.
send({type:"hand_on",as:e})},e==="csv"?"CSV":"test")),this.name_regions=a("button",{type:"button",class:"ame-button",title:"\
Find clusters in the full space and name them by their words","data-testid":"regions",onclick:()=>this.send({type:"regio\
ns"})},"name regions"),this.legend=a("div",{class:"ame-legend","data-testid":"legend"}),this.count=a("span",{class:"ame-\
count",role:"status","data-testid":"count"}),this.told=a("p",{class:"ame-told",role:"status","data-testid":"told",hidden:!0}),
this.caption=a("p",{class:"ame-muted ame-caption-line"}),this.cross=a("div",{class:"ame-cross","data-testid":"cross",hidden:!0}),
this.below=a("button",{type:"button",class:"ame-button ame-at-end",title:"Save what is below as an image","data-testid":"\
png-below",onclick:()=>this.sheets.open?this.saveView(this.sheets.sheet,this.sheets.open):this.saveView(this.table.el,"t\
able",this.table.el.offsetHeight)},"PNG"),this.sheets=new B(this,this.table.el,this.cross),this.root=a("div",{class:"ame\
-explorer","data-testid":"explorer"},a("div",{class:"ame-row ame-bar"},this.modelLabel,a("label",{},"map",this.pictures),
a("label",{},"colour",this.color),this.tool,a("button",{type:"button",class:"ame-button",title:"Show the whole map (0)",
onclick:()=>[this.map,this.second].forEach(e=>e.whole())},"whole"),this.image,this.search,a("button",{type:"button",class:"\
ame-button",onclick:()=>this.find(!1)},"search"),this.meaning,this.concept,this.name_regions),this.told,a("div",{class:"\
ame-upper"},a("div",{class:"ame-left"},this.legend,a("div",{class:"ame-stages"},this.map.el,this.second.el),this.caption),
this.panel.el),a("div",{class:"ame-row ame-over-table"},this.sheets.tabs,this.count,this.only,...this.files,this.filters.
chips,this.below),this.table.el,this.sheets.sheet,this.filters.window),this.themes=new MutationObserver(()=>this.theme()),
this.themes.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light","class"]}),this.theme()}theme(){
this.root.dataset.dark=String(C()),this.redrawMaps(),this.table.redraw(),this.model.colors&&this.drawLegend()}redrawMaps(){
this.map.redraw(),this.second.redraw()}overlays(){this.map.overlay(),this.second.el.hidden||this.second.overlay()}send(t){
this.client.send(t)}save(){let{facts:t,colors:e}=this.model,i=e&&e.scale?`${e.title}: ${e.low} to ${e.high}`:"",s=e&&!e.
scale?e.names.map((l,c)=>({name:l,color:e.colors[c]})):[],n=[this.map,this.second].filter(({el:l})=>!l.hidden),r=At(n.map(
({canvas:l,over:c,name:h})=>({layers:[l,c],name:n.length>1?h.textContent??"":""})),{title:i,keys:s,ink:this.map.ink});st(
r,t?.name??"map")}async saveView(t,e,i){st(await $t(t,this.map.ink.paper,i),`${this.model.facts?.name??"pairs"}-${e}`)}find(t){
this.search.value.trim()&&this.send({type:"search",text:this.search.value,meaning:t})}askConcept(){this.search.value.trim()&&
this.send({type:"concept",text:this.search.value})}turnTool(){this.map.moving=this.second.moving=!this.map.moving,this.tool.
setAttribute("aria-pressed",String(this.map.moving))}flags(){let{selected:t,facts:e}=this.model;if(this.flagged?.of!==t){
let i=new Uint8Array(e?.pairs??0);for(let s of t)i[s]=1;this.flagged={of:t,made:i}}return this.flagged.made}pick(t,e){let{
selected:i}=this.model,s=new Set(t);if(e){s=new Set(i);for(let n of t)(!s.delete(n)||t.length>1)&&s.add(n)}this.flagged=
null,this.picked=x(),this.light(s),this.send({type:"select",rows:[...s],pick:this.picked})}look(t){this.send({type:"look",
row:t})}step(t){this.send({type:"step",by:t})}light(t){this.model.selected=t,this.root.dataset.selected=String(t.size),this.
redrawMaps(),this.table.redraw(),this.drawCount()}wordsOf(t){return this.words.get(t)??null}need(t){this.words.has(t)||this.
send({type:"words",row:t})}drawCount(){let{facts:t,shown:e,selected:i}=this.model;if(t){Et(this.count,e?.count??t.pairs,
t.pairs,i.size);for(let s of[this.only,...this.files])M(s,i.size>0)}}drawLegend(){let{colors:t}=this.model;if(!t)return;
let e=t.scale?[a("span",{},t.low),a("span",{class:"ame-ramp",style:`background: linear-gradient(90deg, ${t.colors.slice(
0,-1).join(", ")})`}),a("span",{},t.high),t.unknown?a("span",{class:"ame-muted"},`unknown: ${t.unknown.toLocaleString("e\
n")}`):null]:t.names.map((i,s)=>a("button",{type:"button",class:"ame-key",title:t.column==="modality"?null:`Show only ${i}`,
onclick:()=>this.send({type:"legend",code:s})},a("span",{class:`ame-swatch${t.column==="modality"&&s?" ame-diamond":""}`,
style:`background: ${t.colors[s]}`}),a("span",{class:"ame-key-name"},i),t.column==="modality"?null:a("b",{},t.counts[s].
toLocaleString("en"))));this.legend.replaceChildren(a("span",{class:"ame-muted"},t.column==="modality"?"":t.title),...e.
filter(i=>i!==null))}drawFacts(){let{facts:t,colors:e}=this.model;if(!t)return;let i=["modality",...t.columns.filter(({colorable:n})=>n).
map(({name:n})=>n)],s=n=>t.columns.find(r=>r.name===n)?.title??"image or text";this.color.replaceChildren(...i.map(n=>a(
"option",{value:n},s(n)))),e&&(this.color.value=e.column);for(let n of[this.meaning,this.concept])M(n,t.meaning);this.table.
renew()}retained(t,e){let{model:i}=this;if(t==="facts")i.facts=e,this.drawFacts();else if(t==="places"){i.places=e,this.
pictures.replaceChildren(...e.pictures.map(s=>a("option",{value:s.name},s.label))),this.pictures.value=e.picture,this.models.
replaceChildren(...e.models.length>1?[a("option",{value:""},"side by side")]:[],...e.models.map(s=>a("option",{value:s},
s))),this.models.value=e.model,M(this.second.el,!!e.beside),k(this.map.name,e.models[0]??""),k(this.second.name,e.beside?.
model??"");for(let s of[this.map,this.second])M(s.name,!!e.beside);M(this.modelLabel,e.models.length>1),k(this.caption,e.
words)}else if(t==="colors")[i.colors,i.codes]=[e,e.column==="modality"?null:e.codes],this.color.value=e.column,this.drawLegend();else if(t===
"shown")[i.shown,i.mask]=[e,e.count===i.facts?.pairs?null:e.mask],this.filters.draw(),this.table.renew(),this.drawCount();else if(t===
"selection"){if(e.page===this.client.page?e.pick<this.picked:this.heard<this.picked)return;this.heard=e.page===this.client.
page?e.pick:this.heard;let s=new Set(e.rows);(s.size!==i.selected.size||[...s].some(n=>!i.selected.has(n)))&&this.light(
s)}else t==="face"?(i.face=e.face,i.grid=e.grid,i.active=e.face?.row??null,this.panel.draw(),this.table.redraw(),e.face&&
this.table.reveal(e.face.place),this.overlays()):t==="regions"?i.regions=e.regions:t==="told"?(k(this.told,e.text),M(this.
told,!!e.text),this.told.classList.toggle("ame-bad",e.bad)):t==="sheets"?this.sheets.draw(e):t==="cross"&&this.drawCross(
e);this.redrawMaps(),this.root.dataset.drawn="true"}drawCross({title:t,names:e,counts:i,words:s}){M(this.cross,e.length>
0);let n=e.length,r=Math.max(1,...i),l=(c,h)=>{let f=i[c*n+h],m=Math.sqrt(f/r);return a("td",{},f?a("button",{type:"butt\
on",class:c===h?"ame-right":"ame-wrong",style:`--ame-share: ${m.toFixed(3)}`,title:`${f} of ${e[c]} taken for ${e[h]}: s\
how these`,onclick:()=>this.send({type:"cell",of:c,as:h})},f.toLocaleString("en")):"")};this.cross.replaceChildren(a("h5",
{},t),a("div",{class:"ame-scroll"},a("table",{},a("thead",{},a("tr",{},a("td",{}),a("th",{colspan:n,class:"ame-over-clas\
ses"},"predicted class"),a("td",{})),a("tr",{},a("th",{},"true class"),...e.map(c=>a("th",{},a("span",{},c))),a("th",{},
"accuracy [95% interval]"))),a("tbody",{},...e.map((c,h)=>a("tr",{},a("th",{scope:"row"},c),...e.map((f,m)=>l(h,m)),a("t\
d",{class:"ame-words"},s[h])))))))}message(t){t.type==="rows"?this.table.take(t):t.type==="words"&&(this.words.size>5e3&&
this.words.clear(),this.words.set(t.row,t.words),this.hovered===t.row&&this.overlays())}close(){this.themes.disconnect()}};
function Qt(o,t){let e=new at(o);return t.append(e.root),{el:e.root,draw(){},retained:(i,s)=>e.retained(i,s),message:i=>e.
message(i),silent(i,s){s&&e.retained("told",{text:"Python has stopped: run the cell again.",bad:!0})},close:()=>e.close()}}
var Oe=mt(Qt);export{at as Explorer,Oe as default};
